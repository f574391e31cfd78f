import { type Connection, connectionSchema } from '@lamplight/core/connection/connection';

import { createDocuments, type Documents } from '../documents.ts';
import type { Db } from '../dynamo/db.ts';
import { lookupItems } from '../lookups.ts';

/** Connections, each also entered where the scheduler walks all workspaces. */
export function createConnections(db: Db): Documents<Connection> {
	const documents = createDocuments<Connection>(db, {
		kind: 'connection',
		schema: connectionSchema,
		idOf: (connection) => connection.id,
		// Its checks are 3 KB of text, and it is noted as read every few minutes.
		compressed: true,
	});
	return {
		...documents,
		async create(ctx, connection) {
			await documents.create(ctx, connection);
			await db.put(lookupItems.connection(ctx.workspaceId, connection.id));
		},
		async put(ctx, connection) {
			await documents.put(ctx, connection);
			await db.put(lookupItems.connection(ctx.workspaceId, connection.id));
		},
		async remove(ctx, id) {
			const connection = await documents.get(ctx, id);
			if (connection === null) return;
			const { pk, sk } = lookupItems.connection(ctx.workspaceId, connection.id);
			await db.remove({ pk, sk });
			await documents.remove(ctx, id);
		},
	};
}

import { type AuditEntry, auditEntrySchema } from '@lamplight/core/workspace/workspace';

import { parseDocument } from '../documents.ts';
import { type Db, ifAbsent } from '../dynamo/db.ts';
import { instantKey, sortKey, tenantPartition } from '../dynamo/keys.ts';
import type { AuditLog } from './identity.ts';
import { readPage } from './page.ts';

export function createAudit(db: Db): AuditLog {
	return {
		async append(ctx, entry) {
			await db.put(
				{
					pk: tenantPartition(ctx, 'audit'),
					sk: sortKey(instantKey(entry.atMs), entry.id),
					json: JSON.stringify(auditEntrySchema.parse(entry)),
				},
				ifAbsent,
			);
		},
		list: (ctx, options = {}) =>
			readPage<AuditEntry>(db, {
				pk: tenantPartition(ctx, 'audit'),
				...options,
				parse: (item) => parseDocument('audit entry', auditEntrySchema, item),
			}),
	};
}

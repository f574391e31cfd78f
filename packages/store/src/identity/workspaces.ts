import type { Ctx } from '@lamplight/core/ctx';
import { type Workspace, workspaceSchema } from '@lamplight/core/workspace/workspace';

import { createDocuments } from '../documents.ts';
import type { Db } from '../dynamo/db.ts';
import { lookupItems } from '../lookups.ts';
import type { Members, Workspaces } from './identity.ts';

interface WorkspacesDeps {
	readonly members: Members;
	/** Deletes everything of a workspace but its own record and its members. */
	readonly removeContents: (ctx: Ctx) => Promise<void>;
}

export function createWorkspaces(db: Db, deps: WorkspacesDeps): Workspaces {
	const documents = createDocuments<Workspace>(db, {
		kind: 'workspace',
		schema: workspaceSchema,
		idOf: (workspace) => workspace.id,
	});
	return {
		async create(workspace, owner) {
			const ctx = systemCtx(workspace);
			await documents.create(ctx, workspace);
			await db.put(lookupItems.workspace(workspace.id));
			await deps.members.put(ctx, owner);
		},
		get: (ctx) => documents.get(ctx, ctx.workspaceId),
		update: (ctx, change) => documents.update(ctx, ctx.workspaceId, change),
		async remove(ctx) {
			// Members last: until all is gone, the owner can come back and ask again.
			await deps.removeContents(ctx);
			const { pk, sk } = lookupItems.workspace(ctx.workspaceId);
			await db.remove({ pk, sk });
			await documents.remove(ctx, ctx.workspaceId);
			for (const member of await deps.members.list(ctx)) {
				await deps.members.remove(ctx, member.userId);
			}
		},
	};
}

function systemCtx(workspace: Workspace): Ctx {
	return {
		workspaceId: workspace.id,
		actor: { kind: 'job', job: 'workspace' },
		requestId: workspace.id,
	};
}

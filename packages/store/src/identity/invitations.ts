import { type Invitation, invitationSchema } from '@lamplight/core/workspace/workspace';

import { createDocuments } from '../documents.ts';
import type { Db } from '../dynamo/db.ts';
import { lookupItems } from '../lookups.ts';
import type { Invitations } from './identity.ts';

export function createInvitations(db: Db): Invitations {
	const documents = createDocuments<Invitation>(db, {
		kind: 'invitation',
		schema: invitationSchema,
		idOf: (invitation) => invitation.id,
	});
	return {
		get: documents.get,
		list: documents.list,
		async create(ctx, invitation) {
			await documents.create(ctx, invitation);
			await db.put(lookupItems.invitation(invitation.secretHash, ctx.workspaceId, invitation.id));
		},
		async accept(ctx, id, nowMs) {
			let accepted = false;
			await documents.update(ctx, id, (current) => {
				accepted = isOpen(current, nowMs);
				return accepted ? { ...current, acceptedMs: nowMs } : current;
			});
			return accepted;
		},
		async revoke(ctx, id, nowMs) {
			await documents.update(ctx, id, (current) =>
				isOpen(current, nowMs) ? { ...current, revokedMs: nowMs } : current,
			);
		},
	};
}

function isOpen(invitation: Invitation, nowMs: number): boolean {
	return (
		invitation.acceptedMs === null && invitation.revokedMs === null && invitation.expiresMs > nowMs
	);
}

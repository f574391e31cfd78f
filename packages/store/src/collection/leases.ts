import type { Ctx } from '@lamplight/core/ctx';

import type { Db } from '../dynamo/db.ts';
import { count, text } from '../dynamo/item.ts';
import { tenantPartition } from '../dynamo/keys.ts';
import type { Lease, Leases } from './collection.ts';

export function createLeases(db: Db): Leases {
	const keyOf = (ctx: Ctx, name: string) => ({ pk: tenantPartition(ctx, 'lease'), sk: name });
	const take = async (ctx: Ctx, lease: Lease, condition: Parameters<Db['put']>[1]) => {
		const { name, holder, fence, untilMs } = lease;
		const taken = await db.put({ ...keyOf(ctx, name), holder, fence, untilMs }, condition);
		return taken ? lease : null;
	};
	const mine = (lease: Lease) => ({
		expression: '#holder = :holder AND #fence = :fence',
		names: ['holder', 'fence'],
		values: { holder: lease.holder, fence: lease.fence },
	});
	return {
		async acquire(ctx, name, { holder, forMs }) {
			const nowMs = db.clock();
			const untilMs = nowMs + forMs;
			const current = await db.get(keyOf(ctx, name), { consistent: true });
			if (current === null) {
				return take(
					ctx,
					{ name, holder, fence: 1, untilMs },
					{ expression: 'attribute_not_exists(pk)' },
				);
			}
			const fence = count(current, 'fence');
			const held = { name, holder: text(current, 'holder'), fence, untilMs };
			if (held.holder === holder) return take(ctx, held, mine(held));
			if (count(current, 'untilMs') > nowMs) return null;
			// The fence names the very lease that ran out: of several that see it, one replaces it.
			return take(ctx, { name, holder, fence: fence + 1, untilMs }, mine(held));
		},
		renew: (ctx, lease, forMs) => take(ctx, { ...lease, untilMs: db.clock() + forMs }, mine(lease)),
		async release(ctx, lease) {
			// Kept as run out rather than deleted, so that the fence goes on growing.
			await take(ctx, { ...lease, holder: '-', untilMs: 0 }, mine(lease));
		},
	};
}

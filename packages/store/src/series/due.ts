import { randomUUID } from 'node:crypto';

import type { Ctx } from '@lamplight/core/ctx';
import { type ConnectionId, connectionIdSchema, regionSchema } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs, utcDay } from '@lamplight/core/time';

import { type Db, ifEqual } from '../dynamo/db.ts';
import { count, type Item, text } from '../dynamo/item.ts';
import { hourKey, hourOfKey, sortKey } from '../dynamo/keys.ts';
import { type Home, partitions } from './layout.ts';
import { layoutOfKey, type Regions } from './regions.ts';

/** Something that waits for compaction. */
export interface Due extends Home {
	readonly kind: 'hour' | 'day' | 'totals';
	/** Start of the hour or day. */
	readonly startMs: number;
	/** Which writing it waits for: a later one makes it due again. */
	readonly token: string;
	readonly sk: string;
}

/**
 * Within this time after its end an hour that was entered once need not be entered again: it is
 * taken out 30 minutes after its end at the earliest, so a writer and a compaction never cross.
 */
const enteredHoldsMs = 20 * minuteMs;
const maxRemembered = 50_000;

/** What waits for compaction: hours with fragments, then the days of compacted hours. */
export interface DueList {
	/** Enters the hour of a fragment, after the fragment was written. */
	enterHour(ctx: Ctx, home: Home, hourStartMs: number): Promise<void>;
	enterDay(ctx: Ctx, home: Home, kind: 'day' | 'totals', atMs: number): Promise<void>;
	/** All that waits, of one connection when given. */
	list(ctx: Ctx, connectionId?: ConnectionId): Promise<Due[]>;
	/** Takes it off, unless it became due again meanwhile. */
	done(ctx: Ctx, due: Due): Promise<void>;
}

export function createDueList(db: Db, regions: Pick<Regions, 'expect'>): DueList {
	const entered = new Set<string>();
	const enter = (ctx: Ctx, sk: string) =>
		db.put({ pk: partitions.due(ctx), sk, token: randomUUID() });

	return {
		async enterHour(ctx, { connectionId, region }, hourStartMs) {
			const sk = sortKey(connectionId, 'hour', hourKey(hourStartMs), region);
			const remembered = `${ctx.workspaceId} ${sk}`;
			const open = db.clock() < hourStartMs + hourMs + enteredHoldsMs;
			if (open && entered.has(remembered)) return;
			await enter(ctx, sk);
			if (entered.size >= maxRemembered) entered.clear();
			if (open) entered.add(remembered);
		},
		async enterDay(ctx, { connectionId, region }, kind, atMs) {
			const sk = sortKey(connectionId, kind, utcDay(atMs), region);
			const remembered = `${ctx.workspaceId} ${sk}`;
			const open = db.clock() < floorTo(dayMs, atMs) + dayMs + enteredHoldsMs;
			if (open && entered.has(remembered)) return;
			await enter(ctx, sk);
			if (open) entered.add(remembered);
		},
		async list(ctx, connectionId) {
			const span = connectionId === undefined ? {} : { prefix: `${connectionId}#` };
			const items = await db.query(partitions.due(ctx), { ...span, consistent: true });
			return items.flatMap((item) => {
				const home = layoutOfKey(item.sk);
				if (home === null) return parse(item);
				regions.expect(ctx, home, count(item, 'version'));
				return [];
			});
		},
		async done(ctx, due) {
			await db.remove({ pk: partitions.due(ctx), sk: due.sk }, ifEqual('token', due.token));
		},
	};
}

function parse(item: Item): Due {
	const [connectionId, kind, at = '', region] = item.sk.split('#');
	return {
		connectionId: connectionIdSchema.parse(connectionId),
		region: regionSchema.parse(region),
		kind: kind === 'hour' || kind === 'totals' ? kind : 'day',
		startMs: kind === 'hour' ? hourOfKey(at) : Date.parse(`${at}T00:00:00Z`),
		token: text(item, 'token'),
		sk: item.sk,
	};
}

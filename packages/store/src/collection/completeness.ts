import { completenesses } from '@lamplight/core/bucket/bucket';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { ConnectionId, Region } from '@lamplight/core/ids';
import { regionSchema } from '@lamplight/core/ids';
import { dayMs, floorTo, minuteMs, stepsOf, type TimeRange, utcDay } from '@lamplight/core/time';

import { openBlob, sealBlob } from '../codec/blob.ts';
import { ByteWriter } from '../codec/varint.ts';
import { type Db, ifAbsent, ifEqual } from '../dynamo/db.ts';
import { bytes, count } from '../dynamo/item.ts';
import { tenantPartition } from '../dynamo/keys.ts';
import type { CompletenessMark, CompletenessStore } from './collection.ts';
import { type DayStates, paint, readDay, spansOf, unknownDay, writeDay } from './spans.ts';

const keptDays = 40;
const maxDays = 36;
const attempts = 12;
const maxDaysByKey = 3;
const version = 1;

type Regions = Map<Region, DayStates>;

/** One item a connection and day, all regions in it: about 20 bytes a region on a good day. */
export function createCompleteness(db: Db): CompletenessStore {
	const partition = (ctx: Ctx, connectionId: ConnectionId) =>
		tenantPartition(ctx, 'completeness', connectionId);

	const markDay = async (
		ctx: Ctx,
		connectionId: ConnectionId,
		{ dayStartMs, marks }: { dayStartMs: number; marks: readonly CompletenessMark[] },
	) => {
		const key = { pk: partition(ctx, connectionId), sk: utcDay(dayStartMs) };
		for (let attempt = 0; attempt < attempts; attempt++) {
			const current = await db.get(key, { consistent: true });
			const before = bytes(current ?? key, 'blob');
			const regions = current === null ? new Map<Region, DayStates>() : decode(before);
			for (const mark of marks) {
				const states = regions.get(mark.region) ?? unknownDay();
				paint(states, dayStartMs, { ...mark.range, state: mark.state });
				regions.set(mark.region, states);
			}
			const blob = encode(regions);
			if (Buffer.compare(blob, before) === 0) return;
			const seen = current === null ? 0 : count(current, 'version');
			const kept = await db.put(
				{
					...key,
					blob,
					version: seen + 1,
					expiresAt: Math.floor((dayStartMs + keptDays * dayMs) / 1000),
				},
				current === null ? ifAbsent : ifEqual('version', seen),
			);
			if (kept) return;
		}
		throw new LamplightError('conflict', 'Completeness is being marked by others');
	};

	return {
		async mark(ctx, connectionId, marks) {
			const days = new Set(marks.flatMap((mark) => stepsOf(dayMs, mark.range)));
			for (const dayStartMs of days) {
				const range = { fromMs: dayStartMs, toMs: dayStartMs + dayMs };
				const touching = marks.filter((mark) => overlaps(mark.range, range));
				await markDay(ctx, connectionId, { dayStartMs, marks: touching });
			}
		},
		async read(ctx, connectionId, range) {
			if (range.toMs - range.fromMs > maxDays * dayMs) {
				throw new LamplightError('too_large', `Completeness is read for at most ${maxDays} days`);
			}
			const pk = partition(ctx, connectionId);
			const asked = stepsOf(dayMs, range).map(utcDay);
			// By key where it is a few days: connections that are asked for side by side share a batch.
			const items =
				asked.length <= maxDaysByKey
					? await db.getMany(asked.map((sk) => ({ pk, sk })))
					: await db.query(pk, { from: utcDay(range.fromMs), to: utcDay(range.toMs - 1) });
			const days = new Map(
				items.map((item) => [Date.parse(`${item.sk}T00:00:00Z`), decode(bytes(item, 'blob'))]),
			);
			const regions = new Set([...days.values()].flatMap((states) => [...states.keys()]));
			return [...regions].sort().map((region) => ({
				region,
				spans: spansOf(range, (at) => {
					const dayStartMs = floorTo(dayMs, at);
					const state = days.get(dayStartMs)?.get(region)?.[(at - dayStartMs) / minuteMs];
					return completenesses[state ?? -1] ?? 'missing';
				}),
			}));
		},
	};
}

function overlaps(a: TimeRange, b: TimeRange): boolean {
	return a.fromMs < b.toMs && b.fromMs < a.toMs;
}

function encode(regions: Regions): Uint8Array {
	const out = new ByteWriter();
	out.varint(regions.size);
	for (const [region, states] of [...regions].sort(([a], [b]) => (a < b ? -1 : 1))) {
		out.text(region);
		writeDay(out, states);
	}
	return sealBlob('completeness', version, out.bytes());
}

function decode(blob: Uint8Array): Regions {
	const reader = openBlob('completeness', version, blob);
	const regions: Regions = new Map();
	for (let left = reader.count(200); left > 0; left--) {
		const region = regionSchema.parse(reader.text());
		regions.set(region, readDay(reader));
	}
	return regions;
}

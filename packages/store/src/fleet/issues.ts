import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { IssueId } from '@lamplight/core/ids';
import { fnv128Hex } from '@lamplight/core/issue/hash';
import { type Issue, issueSchema } from '@lamplight/core/issue/issue';
import { type Occurrence, withOccurrences } from '@lamplight/core/issue/occurrences';
import { dayMs } from '@lamplight/core/time';

import { openJson, sealJson } from '../codec/blob.ts';
import { type Db, ifAbsent, ifEqual, ifLower } from '../dynamo/db.ts';
import { bytes, count, type Item, text } from '../dynamo/item.ts';
import { hourKey, hourOfKey, type Key, sortKey, tenantPartition } from '../dynamo/keys.ts';
import type { IssueOccurrences, Issues, IssueSample } from './fleet.ts';
import { assignIssues } from './issueSlots.ts';

export const maxListedIssues = 5_000;
const countsKeptDays = 32;
const updateAttempts = 12;
/** Batches that an issue remembers as counted, until their own items say so: 16 characters each. */
const rememberedBatches = 300;
const maxSampleBytes = 64 * 1024;

export function createIssues(db: Db): Issues {
	return {
		assign: (ctx, slot, proposed) => assignIssues(db, ctx, slot, proposed),
		async get(ctx, id) {
			const item = await db.get(issueKey(ctx, id), { consistent: true });
			return item === null ? null : parse(item);
		},
		async list(ctx, states) {
			const items = await db.query(tenantPartition(ctx, 'issue'));
			return items
				.map(parse)
				.filter((issue) => states === undefined || states.includes(issue.state))
				.sort((a, b) => b.lastSeenMs - a.lastSeenMs)
				.slice(0, maxListedIssues);
		},
		record: (ctx, seed, occurrences) => record(db, ctx, seed, occurrences),
		update: (ctx, id, changeIssue) =>
			change(db, issueKey(ctx, id), (current, counted) =>
				current === null ? null : { issue: changeIssue(current), counted },
			),
		async counts(ctx, id, range) {
			const items = await db.query(countsPartition(ctx, id), {
				from: hourKey(range.fromMs),
				to: `${hourKey(range.toMs - 1)}$`,
			});
			const hours = new Map<number, number>();
			for (const item of items) {
				const hour = hourOfKey(item.sk.slice(0, item.sk.indexOf('#')));
				hours.set(hour, (hours.get(hour) ?? 0) + count(item, 'count'));
			}
			return [...hours].map(([hourMs, sum]) => ({ hourMs, count: sum }));
		},
		async putSample(ctx, sample) {
			const blob = sealJson(sample);
			if (blob.length > maxSampleBytes) {
				throw new LamplightError('too_large', `A sample holds at most ${maxSampleBytes} bytes`);
			}
			const item = { ...sampleKey(ctx, sample.issueId), blob, atMs: sample.atMs };
			await db.put(item, ifLower('atMs', sample.atMs));
		},
		async sample(ctx, id) {
			const item = await db.get(sampleKey(ctx, id));
			return item === null ? null : (openJson(bytes(item, 'blob')) as IssueSample);
		},
	};
}

const issueKey = (ctx: Ctx, id: IssueId): Key => ({ pk: tenantPartition(ctx, 'issue'), sk: id });
const sampleKey = (ctx: Ctx, id: IssueId): Key => ({
	pk: tenantPartition(ctx, 'issueSample'),
	sk: id,
});
const countsPartition = (ctx: Ctx, id: IssueId) => tenantPartition(ctx, 'issueCounts', id);

/** Counts every batch once; see `uncounted` for how a killed writer is made up for. */
async function record(
	db: Db,
	ctx: Ctx,
	seed: Issue,
	occurrences: readonly IssueOccurrences[],
): Promise<Issue> {
	const fresh = await uncounted(db, countsPartition(ctx, seed.id), occurrences);
	const issue = await change(db, issueKey(ctx, seed.id), (current, counted) => {
		const news = fresh.filter(({ mark }) => !counted.includes(mark));
		if (news.length === 0 && current !== null) return null;
		const base = current ?? { ...seed, workspaceId: ctx.workspaceId };
		return {
			issue: withOccurrences(
				base,
				news.flatMap((one) => toOccurrences(one, counted)),
			),
			counted: [...counted, ...news.map(({ mark }) => mark)],
		};
	});
	await db.putMany(fresh.map(({ item }) => ({ ...item, counted: true })));
	return issue;
}

/** Applies a change to the issue as it is now, again if another writer was quicker; `null` leaves it. */
async function change(
	db: Db,
	key: Key,
	apply: (current: Issue | null, counted: readonly string[]) => Changed | null,
): Promise<Issue> {
	for (let attempt = 0; attempt < updateAttempts; attempt++) {
		const item = await db.get(key, { consistent: true });
		const current = item === null ? null : parse(item);
		const counted = item === null ? [] : text(item, 'counted').split(' ').filter(Boolean);
		const changed = apply(current, counted);
		if (changed === null) {
			if (current === null) throw new LamplightError('not_found', `There is no issue ${key.sk}`);
			return current;
		}
		const version = item === null ? 0 : count(item, 'version');
		const kept = await db.put(
			{
				...key,
				blob: sealJson(changed.issue),
				counted: changed.counted.slice(-rememberedBatches).join(' '),
				version: version + 1,
			},
			item === null ? ifAbsent : ifEqual('version', version),
		);
		if (kept) return changed.issue;
	}
	throw new LamplightError('conflict', `The issue ${key.sk} is being changed by others`);
}

interface Changed {
	readonly issue: Issue;
	readonly counted: readonly string[];
}

interface Uncounted {
	readonly occurrences: IssueOccurrences;
	/** What the issue surely has of this window already. */
	readonly base: number;
	readonly mark: string;
	/** An earlier reading whose writer stopped half-way: the issue has it if it remembers the mark. */
	readonly unsure: { readonly count: number; readonly mark: string } | null;
	readonly item: Item;
}

/**
 * The batches that may not be on the issue yet. Each gets its own item first, marked `counted`
 * once the issue has it; in between, the issue itself remembers the mark. So a batch that comes
 * twice, or whose first writer was killed half-way, counts once.
 */
async function uncounted(
	db: Db,
	pk: string,
	all: readonly IssueOccurrences[],
): Promise<Uncounted[]> {
	const fresh: Uncounted[] = [];
	for (const occurrences of all) {
		const { hourMs, functionId, batch, version } = occurrences;
		const sk = sortKey(hourKey(hourMs), functionId, batch, version ?? '-');
		const item: Item = {
			pk,
			sk,
			count: occurrences.count,
			expiresAt: Math.floor((hourMs + countsKeptDays * dayMs) / 1000),
		};
		const before = await db.get({ pk, sk }, { consistent: true });
		const had = before === null ? 0 : count(before, 'count');
		const settled = before?.['counted'] === true;
		if (settled && occurrences.count <= had) continue;
		const base = settled ? had : before === null ? 0 : count(before, 'base');
		const markOf = (total: number) => fnv128Hex(`${sk}\n${total}`).slice(0, 16);
		await db.put({ ...item, base, counted: false });
		fresh.push({
			occurrences,
			base,
			mark: markOf(occurrences.count),
			unsure: before === null || settled ? null : { count: had, mark: markOf(had) },
			item,
		});
	}
	return fresh;
}

function toOccurrences(one: Uncounted, counted: readonly string[]): Occurrence[] {
	const { occurrences, base, unsure } = one;
	const has = unsure !== null && counted.includes(unsure.mark) ? unsure.count : base;
	const added = occurrences.count - has;
	const { functionId, version, firstSeenMs, lastSeenMs } = occurrences;
	const last = { functionId, version, timestampMs: lastSeenMs };
	if (added <= 0) return [];
	if (added === 1 || firstSeenMs === lastSeenMs) return [{ ...last, count: added }];
	return [
		{ ...last, timestampMs: firstSeenMs, count: 1 },
		{ ...last, count: added - 1 },
	];
}

function parse(item: Item): Issue {
	const parsed = issueSchema.safeParse(openJson(bytes(item, 'blob')));
	if (parsed.success) return parsed.data;
	const where = parsed.error.issues[0]?.path.join('.') ?? '';
	throw new LamplightError('data_damaged', `The stored issue ${item.sk} does not fit: ${where}`, {
		cause: parsed.error,
	});
}

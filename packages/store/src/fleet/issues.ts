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
/** Batches that an issue remembers as counted, until their own items say so: 15 characters each. */
const rememberedBatches = 300;
/** Issues of which this process remembers what it settled. */
const maxSettledIssues = 5_000;
const maxSampleBytes = 64 * 1024;

export function createIssues(db: Db): Issues {
	const settled = new SettledBatches();
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
		record: (ctx, seed, occurrences) => record({ db, settled }, ctx, { seed, occurrences }),
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

/**
 * Counts every batch once. The issue is written first and remembers the batch, then the batch's own
 * item says the same for good: a batch that comes twice, or whose first writer was killed between the
 * two, finds its count in one of them.
 */
async function record(
	{ db, settled }: { readonly db: Db; readonly settled: SettledBatches },
	ctx: Ctx,
	{
		seed,
		occurrences,
	}: { readonly seed: Issue; readonly occurrences: readonly IssueOccurrences[] },
): Promise<Issue> {
	const key = issueKey(ctx, seed.id);
	let batches: readonly Batch[] = [];
	const issue = await change(db, key, async (current, remembered) => {
		// After the issue, which forgets a batch only when its item says the same.
		batches = await readBatches(db, countsPartition(ctx, seed.id), occurrences);
		const had = new Map(remembered.map(splitMark));
		const news = batches
			.map((batch) => ({ ...batch, had: Math.max(batch.kept, had.get(batch.mark) ?? 0) }))
			.filter((batch) => batch.occurrences.count > batch.had);
		if (news.length === 0 && current !== null) return null;
		const base = current ?? { ...seed, workspaceId: ctx.workspaceId };
		const again = new Set(news.map(({ mark }) => mark));
		const others = settled.left(key, remembered).filter((entry) => !again.has(splitMark(entry)[0]));
		return {
			issue: withOccurrences(base, news.flatMap(toOccurrences)),
			counted: [...others, ...news.map(entryOf)],
		};
	});
	for (const batch of batches) {
		const { count: total } = batch.occurrences;
		if (total > batch.kept) await db.put({ ...batch.item, count: total }, ifLower('count', total));
		settled.add(key, entryOf(batch));
	}
	return issue;
}

/** Applies a change to the issue as it is now, again if another writer was quicker; `null` leaves it. */
async function change(
	db: Db,
	key: Key,
	apply: (
		current: Issue | null,
		counted: readonly string[],
	) => Changed | null | Promise<Changed | null>,
): Promise<Issue> {
	for (let attempt = 0; attempt < updateAttempts; attempt++) {
		const item = await db.get(key, { consistent: true });
		const current = item === null ? null : parse(item);
		const counted = item === null ? [] : text(item, 'counted').split(' ').filter(Boolean);
		const changed = await apply(current, counted);
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

interface Batch {
	readonly occurrences: IssueOccurrences;
	/** Names the batch on its issue. */
	readonly mark: string;
	/** What its own item says; 0 without one. */
	readonly kept: number;
	readonly item: Item;
}

async function readBatches(db: Db, pk: string, all: readonly IssueOccurrences[]): Promise<Batch[]> {
	const batches: Batch[] = [];
	for (const occurrences of all) {
		const { hourMs, functionId, batch, version } = occurrences;
		const sk = sortKey(hourKey(hourMs), functionId, batch, version ?? '-');
		const before = await db.get({ pk, sk }, { consistent: true });
		batches.push({
			occurrences,
			mark: fnv128Hex(sk).slice(0, 12),
			kept: before === null ? 0 : count(before, 'count'),
			item: { pk, sk, expiresAt: Math.floor((hourMs + countsKeptDays * dayMs) / 1000) },
		});
	}
	return batches;
}

/** What an issue remembers of a batch: which, and how many failures of it are counted. */
function entryOf({ mark, occurrences }: Pick<Batch, 'mark' | 'occurrences'>): string {
	return `${mark}=${occurrences.count}`;
}

function splitMark(entry: string): [string, number] {
	const [mark = '', total] = entry.split('=');
	return [mark, Number(total)];
}

/**
 * Batches whose own items this process wrote: their issues need not remember them any longer, which
 * keeps them small. What another process wrote goes when there are too many.
 */
class SettledBatches {
	readonly #byIssue = new Map<string, Set<string>>();

	/** Of what an issue remembers, that which it still has to. */
	left({ pk, sk }: Key, remembered: readonly string[]): readonly string[] {
		const settled = this.#byIssue.get(`${pk} ${sk}`);
		if (settled === undefined) return remembered;
		for (const entry of settled) if (!remembered.includes(entry)) settled.delete(entry);
		return remembered.filter((entry) => !settled.has(entry));
	}

	add({ pk, sk }: Key, entry: string): void {
		const name = `${pk} ${sk}`;
		const entries = this.#byIssue.get(name) ?? new Set();
		if (this.#byIssue.size >= maxSettledIssues) this.#byIssue.clear();
		this.#byIssue.set(name, entries.add(entry));
	}
}

function toOccurrences(one: Batch & { readonly had: number }): Occurrence[] {
	const { functionId, version, firstSeenMs, lastSeenMs, count: total } = one.occurrences;
	const added = total - one.had;
	const last = { functionId, version, timestampMs: lastSeenMs };
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

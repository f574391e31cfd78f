import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import { fnv128Hex } from '@lamplight/core/issue/hash';
import { type Issue, issueSchema } from '@lamplight/core/issue/issue';
import { dayMs } from '@lamplight/core/time';
import * as z from 'zod';

import { openJson, sealJson } from '../codec/blob.ts';
import { type Db, ifAbsent, ifEqual } from '../dynamo/db.ts';
import { bytes, count, type Item } from '../dynamo/item.ts';
import { minuteKey, tenantPartition } from '../dynamo/keys.ts';
import type { FailureSlot } from './fleet.ts';

/** As long as the counts that hang on it may be written again. */
const keptDays = 32;
const attempts = 12;
/** Failures of a function and slot that are remembered: their item stays far below 400 kB. */
const maxRemembered = 10_000;

const contentSchema = z.object({
	issues: z.array(issueSchema),
	/** Place of its issue in `issues`, by a hash of the execution's key. */
	of: z.record(z.string(), z.number().int()),
});
type Content = z.infer<typeof contentSchema>;

export const issueSlotsPartition = (ctx: Ctx, functionId: string) =>
	tenantPartition(ctx, 'issueSlot', functionId);

/** See `Issues.assign`. */
export async function assignIssues(
	db: Db,
	ctx: Ctx,
	{ functionId, slotMs }: FailureSlot,
	proposed: ReadonlyMap<string, Issue>,
): Promise<ReadonlyMap<string, Issue>> {
	const key = { pk: issueSlotsPartition(ctx, functionId), sk: minuteKey(slotMs) };
	for (let attempt = 0; attempt < attempts; attempt += 1) {
		const item = await db.get(key, { consistent: true });
		const known = item === null ? { issues: [], of: {} } : parse(item);
		const { content, assigned, isNew } = merged(known, proposed);
		if (!isNew) return assigned;
		const version = item === null ? 0 : count(item, 'version');
		const isKept = await db.put(
			{
				...key,
				blob: sealJson(content),
				version: version + 1,
				expiresAt: Math.floor((slotMs + keptDays * dayMs) / 1000),
			},
			item === null ? ifAbsent : ifEqual('version', version),
		);
		if (isKept) return assigned;
	}
	throw new LamplightError('conflict', `Failures of ${functionId} are being grouped by others`);
}

/** What is known, with what is proposed of executions that have no issue yet. */
function merged(known: Content, proposed: ReadonlyMap<string, Issue>) {
	const issues = [...known.issues];
	const of = { ...known.of };
	const places = new Map(issues.map(({ id }, at) => [id, at]));
	const assigned = new Map<string, Issue>();
	let room = maxRemembered - Object.keys(of).length;
	let isNew = false;
	for (const [key, issue] of proposed) {
		const name = fnv128Hex(key).slice(0, 16);
		const had = issues[of[name] ?? -1];
		assigned.set(key, had ?? issue);
		if (had !== undefined || room <= 0) continue;
		const place = places.get(issue.id) ?? issues.push(issue) - 1;
		places.set(issue.id, place);
		of[name] = place;
		room -= 1;
		isNew = true;
	}
	return { content: { issues, of }, assigned, isNew };
}

function parse(item: Item): Content {
	const parsed = contentSchema.safeParse(openJson(bytes(item, 'blob')));
	if (parsed.success) return parsed.data;
	const where = parsed.error.issues[0]?.path.join('.') ?? '';
	throw new LamplightError('data_damaged', `The failures of slot ${item.sk} do not fit: ${where}`, {
		cause: parsed.error,
	});
}

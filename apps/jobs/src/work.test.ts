import { connectionIdSchema, workspaceIdSchema } from '@lamplight/core/ids';
import { expect, it } from 'vitest';

import type { Message } from './message.ts';
import { repeatOf } from './work.ts';

const of = {
	workspaceId: workspaceIdSchema.parse('ws_00000000000000000000'),
	connectionId: connectionIdSchema.parse('con_00000000000000000000'),
};
const subjectOf = (message: Message) => repeatOf(JSON.stringify(message))?.subject ?? null;
const functions = (region: string, plannedMs: number): Message => ({
	...{ kind: 'functions', ...of, plannedMs, region, shard: { index: 0, of: 1 } },
});

it('takes readings of the same hour for each other, whenever they were planned', () => {
	const early = repeatOf(JSON.stringify(functions('eu-west-1', 60_000)));
	const late = repeatOf(JSON.stringify(functions('eu-west-1', 360_000)));
	expect(early).toEqual({ subject: late?.subject, plannedMs: 60_000 });
	expect(subjectOf(functions('us-east-1', 60_000))).not.toBe(early?.subject);
	// Counts are asked for every fifth minute: the next minute's totals are not in their place.
	const totals = (counts: boolean): Message => ({ kind: 'totals', ...of, plannedMs: 0, counts });
	expect(subjectOf(totals(true))).not.toBe(subjectOf(totals(false)));
	expect(subjectOf(totals(true))).toBe(subjectOf(totals(true)));
});

it('takes work of which each piece counts for nothing else', () => {
	expect(subjectOf({ kind: 'inventory', ...of, plannedMs: 0, details: true })).toBeNull();
	expect(subjectOf({ kind: 'backfill', ...of, plannedMs: 0 })).toBeNull();
	expect(repeatOf('{"kind":"totals"}')).toBeNull();
	expect(repeatOf('no message')).toBeNull();
});

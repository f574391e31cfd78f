import * as z from 'zod';

const lastRunSchema = z.tuple([z.number(), z.number().nullable()]);

/** When a function last began, and how long after the time before; `null` before it began twice. */
export type LastRun = z.infer<typeof lastRunSchema>;

/** A remembered text as what it was; `null` for none, and for one that says nothing. */
export function parseLastRun(text: string | undefined): LastRun | null {
	return text === undefined ? null : lastRunSchema.parse(JSON.parse(text));
}

/** What is known of a function after a reading from `fromMs`: where it never ran, that it did before, if ever. */
export function lastRunAfter(
	before: LastRun | null,
	runs: readonly { readonly startMs: number }[],
	fromMs: number,
): LastRun {
	let [lastMs, gapMs] = before ?? [fromMs - 1, null];
	for (const { startMs } of runs.toSorted((a, b) => a.startMs - b.startMs)) {
		if (startMs <= lastMs) continue;
		gapMs = startMs - lastMs;
		lastMs = startMs;
	}
	return [lastMs, gapMs];
}

/** A schedule is not kept to the second. */
const earlyMs = 30_000;

/**
 * Which functions to read whatever the region's total says, and the quiet ones: those that did not
 * run since `fromMs` and are not due yet, the likeliest first. A function that this worker has not
 * seen is unknown, and read.
 */
export function byExpectation<T extends { readonly name: string }>(
	functions: readonly T[],
	by: {
		readonly lastRunOf: (name: string) => LastRun | null;
		readonly fromMs: number;
		readonly nowMs: number;
	},
): { readonly expected: readonly T[]; readonly quiet: readonly T[] } {
	const expected: T[] = [];
	const quiet: { readonly one: T; readonly dueMs: number }[] = [];
	for (const one of functions) {
		const [lastMs, gapMs] = by.lastRunOf(one.name) ?? [by.nowMs, null];
		const dueMs = gapMs === null ? Number.POSITIVE_INFINITY : lastMs + gapMs - earlyMs;
		if (lastMs >= by.fromMs || dueMs <= by.nowMs) expected.push(one);
		else quiet.push({ one, dueMs });
	}
	quiet.sort((a, b) => a.dueMs - b.dueMs);
	return { expected, quiet: quiet.map(({ one }) => one) };
}

import type { ExecutionPage, Phase } from '@lamplight/api/contract/executions';
import type { LogLine } from '@lamplight/api/contract/logs';

import { micro } from '#lib/format/money.ts';
import { fixed, share } from '#lib/format/number.ts';
import { duration } from '#lib/format/quantity.ts';
import { lineText } from '#lib/logs/lineText.ts';
import { b, type Reading } from '#lib/ui/reading.ts';
import { executionStatus } from '#lib/fleet/words.ts';

/** Silence shorter than this share of the run, or than a blink, is not worth a word. */
const silenceShare = 0.25;
const silenceMs = 100;

/** The longest stretch without a log line; `null` when there is none worth telling. */
export function longestSilence(phases: readonly Phase[]): Phase | null {
	const run = phases.filter(({ kind }) => kind === 'run' || kind === 'silent');
	const runMs = run.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
	const silent = phases
		.filter(({ kind }) => kind === 'silent')
		.sort((one, other) => other.toMs - other.fromMs - (one.toMs - one.fromMs))[0];
	if (silent === undefined || runMs === 0) return null;
	const ms = silent.toMs - silent.fromMs;
	return ms >= silenceMs && ms / runMs >= silenceShare ? silent : null;
}

/** The page's title: what happened, in a few words. */
export function executionTitle(page: ExecutionPage): string {
	const { execution } = page;
	const cold = execution.initMs !== null ? 'A cold start, then ' : '';
	const status = executionStatus(execution);
	const retry = execution.attempt > 1 ? `, at attempt ${execution.attempt}` : '';
	const end = {
		ok: 'it ended well',
		error: `${cold === '' ? 'It failed' : 'it failed'} with ${status.word}`,
		timeout: 'it ran out of time',
		outOfMemory: 'it ran out of memory',
		unknown: 'its end is not known',
	}[execution.status];
	const text = `${cold}${cold === '' && execution.status !== 'error' ? end.charAt(0).toUpperCase() + end.slice(1) : end}${retry}`;
	return text;
}

/** What one execution did and cost, beside what is usual. */
export function executionReading(page: ExecutionPage): Reading {
	const { execution, cost, usual } = page;
	const silence = longestSilence(page.phases);
	const parts: (string | { b: string })[] = [];
	if (execution.initMs !== null) parts.push(`Init took ${duration(execution.initMs)}. `);
	if (execution.durationMs !== null)
		parts.push('The handler ran for ', b(duration(execution.durationMs)));
	if (silence !== null) {
		parts.push(', and wrote nothing for ', b(duration(silence.toMs - silence.fromMs)), ' of it');
		if (silence.label !== null) parts.push(' in ', b(silence.label));
	}
	const failure = failureText(page);
	if (failure !== null)
		parts.push(execution.durationMs === null ? 'It failed: ' : ', and failed: ', failure);
	if (execution.durationMs !== null || failure !== null) parts.push('. ');
	if (cost.total === null) parts.push('It cannot be priced.');
	else {
		parts.push('It cost ', b(micro(cost.total.amount)), times(Number(cost.total.amount), usual));
	}
	return parts;
}

/** A message longer than this would push out what it cost. */
const failureLetters = 90;

/**
 * What a runtime writes before a failure of its own accord: the time and the level of the line, and in
 * which invocation. Each is told elsewhere on the page.
 */
const preambles = [
	/^Invoke Error\s+/,
	/^\d{4}-\d\d-\d\dT[\d:.]+Z\s+/,
	/^(?:ERROR|FATAL)\s+/,
	/^Lambda runtime invoke\{[^}]*\}:\s*/,
];

/** What the line that tells of the failure says, without its stack; `null` when none does. */
function failureText({ lines, execution }: ExecutionPage): string | null {
	if (execution.status !== 'error') return null;
	const told = (lines ?? []).findLast(({ level }) => level === 'error' || level === 'fatal');
	const first = told === undefined ? '' : (lineText(told).split('\n')[0] ?? '');
	const text = preambles
		.reduce((rest, preamble) => rest.replace(preamble, ''), first)
		.replace(/[.\s]+$/, '');
	if (text === '') return null;
	return text.length <= failureLetters ? text : `${text.slice(0, failureLetters).trimEnd()}…`;
}

function times(cost: number, usual: ExecutionPage['usual']): string {
	if (usual === null || Number(usual.cost.amount) === 0) return '.';
	const ratio = cost / Number(usual.cost.amount);
	if (ratio >= 1.5)
		return `, ${fixed(ratio, ratio >= 10 ? 0 : 1)} times the usual ${micro(usual.cost.amount)}.`;
	return ratio <= 0.66 ? `, ${share(1 - ratio, 0)} less than usual.` : ', about as usual.';
}

/** A log line, or the silence between two of them. */
export type StoryLine =
	| { readonly kind: 'line'; readonly line: LogLine }
	| { readonly kind: 'gap'; readonly id: string; readonly ms: number; readonly share: number };

/** Lines with the silences that are long enough to be told between them. */
export function withSilences(lines: readonly LogLine[], runMs: number | null): StoryLine[] {
	return lines.flatMap((line, index): StoryLine[] => {
		const before = lines[index - 1];
		const here: StoryLine = { kind: 'line', line };
		if (before === undefined || before.offsetMs === null) return [here];
		if (line.offsetMs === null || runMs === null || runMs === 0) return [here];
		const ms = line.offsetMs - before.offsetMs;
		// Before the handler starts there is init, which is a phase of its own and no silence.
		if (before.offsetMs < 0 || ms < silenceMs || ms / runMs < silenceShare) return [here];
		return [{ kind: 'gap', id: `gap ${line.id}`, ms, share: ms / runMs }, here];
	});
}

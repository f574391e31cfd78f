/**
 * `npm run soak -- [--minutes N] [--functions N] [--users N] [--fastest N]`: the whole product under
 * people who click, while days of the world go by. Exits 1 when a process grows, anything fails or a
 * complete minute is not what ran; 2 when it cannot be run.
 */
import { hourMs } from '@lamplight/core/time';

import { parseSoakOptions, type SoakOptions, usage } from './options.ts';
import { type Seen, soak } from './soak.ts';
import { flatRule, judgeMemory, type MemoryVerdict, percentile } from './verdict.ts';

const say = (line: string) => console.log(line);
const stamped = (line: string) => say(`${new Date().toISOString().slice(11, 19)} ${line}`);
const mib = (bytes: number) => `${(bytes / 1_048_576).toFixed(0)} MiB`;
const count = (value: number) => value.toLocaleString('en');

/** What is wrong, each in a line; everything seen is printed on the way. */
function report(seen: Seen): string[] {
	return [...reportMemory(seen), ...reportFailures(seen), ...reportKept(seen)];
}

function reportMemory({ memory, live, held, disk }: Seen): string[] {
	const { share, bytes } = flatRule;
	say(`\nMemory, median of the first and of the last third of the time under load`);
	say(
		`(flat: at most ${share * 100} % and ${mib(bytes)} more, once all garbage is collected, both of what`,
	);
	say(
		` JavaScript holds and of the whole process; in between, resident memory is told, not judged)`,
	);
	const wrong: string[] = [];
	for (const [name, samples] of memory) {
		const figures = [
			['live', judgeMemory(live.get(name) ?? [])],
			['resident after a collection', judgeMemory(held.get(name) ?? [])],
		] as const;
		const isFlat = figures.every(([, { flat }]) => flat);
		const grown = figures.map(([of, verdict]) => `${of} ${change(verdict)}`).join(', ');
		const between = judgeMemory(samples);
		const peak = mib(between.peakBytes);
		say(
			`  ${isFlat ? 'ok  ' : 'GROWS'} ${name.padEnd(10)} ${grown}; in between ${change(between)}, at most ${peak}`,
		);
		if (!isFlat) wrong.push(`${name} grew: ${grown}`);
	}
	say(`Disk: database ${mib(disk.databaseBytes)}, logs ${mib(disk.logBytes)}`);
	return wrong;
}

const change = ({ firstBytes, lastBytes }: MemoryVerdict) =>
	`${mib(firstBytes)} -> ${mib(lastBytes)}`;

function reportFailures({ clicks, complaints, deadLetters }: Seen): string[] {
	const baseline = percentile(clicks.timesMs.get('nothing') ?? [], 0.99);
	say(
		'\nCalls, in milliseconds; the ratio is that of the 99th percentile to a route that reads nothing',
	);
	for (const [name, times] of [...clicks.timesMs].toSorted(([a], [b]) => a.localeCompare(b))) {
		const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(times, share));
		const text = [p50, p95, p99].map((value) => (value ?? Number.NaN).toFixed(0).padStart(7));
		const ratio = ((p99 ?? Number.NaN) / baseline).toFixed(1);
		say(
			`  ${name.padEnd(14)} ${count(times.length).padStart(6)} ×  p50, p95, p99 ${text.join(' ')}  ${ratio} x`,
		);
	}
	const failed = clicks.failures.length;
	say(
		`Failed calls: ${failed}; dead letters: ${deadLetters}; complaints in logs: ${complaints.kinds.size} kinds`,
	);
	const wrong = clicks.failures.slice(0, 10);
	if (deadLetters > 0) wrong.push(`${deadLetters} messages were given up`);
	for (const [kind, { count: times, sample }] of complaints.kinds)
		wrong.push(`${times} × ${kind}, such as ${sample}`);
	return wrong;
}

function reportKept({ kept, range }: Seen): string[] {
	const hours = (range.toMs - range.fromMs) / hourMs;
	say(`\nCollected over ${hours.toFixed(1)} hours of the world, minutes of regions by state`);
	const wrong: string[] = [];
	let executions = 0;
	for (const { accountId, state, verdict } of kept.connections) {
		const { minutes, complete, partial, missing, provisional } = verdict;
		executions += verdict.executions;
		const share = minutes === 0 ? '-' : `${((complete / minutes) * 100).toFixed(2)} % complete`;
		say(
			`  ${accountId} ${state.padEnd(9)} ${share}; ${partial} partial, ${missing} missing, ${provisional} provisional`,
		);
		if (verdict.wrong.length > 0)
			wrong.push(
				`${accountId}: ${verdict.wrong.length} complete minutes differ: ${verdict.wrong.slice(0, 3).join('; ')}`,
			);
	}
	say(`${count(executions)} executions lie in complete minutes; each was compared with what ran`);
	if (executions === 0) wrong.push('nothing was compared: no minute was complete');
	return wrong;
}

let options: SoakOptions;
try {
	options = parseSoakOptions(process.argv.slice(2));
} catch (error) {
	console.error(`soak: ${error instanceof Error ? error.message : 'not understood'}\n${usage}`);
	process.exit(2);
}
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
const seen = await soak(options, { say: stamped, signal: ending.signal }).catch(
	(error: unknown) => {
		console.error(ending.signal.aborted ? 'soak: stopped before its end' : error);
		process.exit(2);
	},
);
const wrong = report(seen);
say(
	wrong.length === 0
		? '\nNothing grew, failed or was lost.'
		: `\nWrong:\n${wrong.map((line) => `- ${line}`).join('\n')}`,
);
process.exit(wrong.length === 0 ? 0 : 1);

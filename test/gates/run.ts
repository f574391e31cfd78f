/**
 * Runs the gates one after another and says at the end what each took.
 * `test` is what a newcomer runs; `verify` is the same for a person, the git hook's owner and CI.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { noCounts, type RunCounts } from './countReporter.ts';

const root = join(import.meta.dirname, '..', '..');
const countsFile = join(root, '.lamplight', 'test-counts.jsonl');
/** The last line of the newest test run, for a log's end. */
const summaryFile = join(root, '.lamplight', 'test-summary.txt');

const suites = {
	test: ['build', 'test:unit', 'test:dashboard', 'test:e2e'],
	checks: ['format:check', 'types', 'lint', 'boundaries', 'unused', 'budgets'],
	verify: [
		'format:check',
		'build',
		'types',
		'lint',
		'boundaries',
		'unused',
		'budgets',
		'test:unit',
		'test:dashboard',
		'test:e2e',
	],
	quick: ['format:check', 'types', 'boundaries'],
} as const;

/** Sums the counts that the test runs wrote; `null` when no test ran. */
function readCounts(): RunCounts | null {
	if (!existsSync(countsFile)) return null;
	const sum = noCounts();
	for (const line of readFileSync(countsFile, 'utf8').split('\n').filter(Boolean)) {
		const run = JSON.parse(line) as RunCounts;
		sum.passed += run.passed;
		sum.failed += run.failed;
		sum.skipped += run.skipped;
		sum.skips.push(...run.skips);
		sum.failures.push(...run.failures);
		sum.seconds.push(...run.seconds);
	}
	return sum;
}

function main(name: string | undefined): number {
	if (name === undefined || !Object.hasOwn(suites, name)) {
		console.error(
			`gates: expected one of ${Object.keys(suites).join(', ')}; got ${name ?? 'nothing'}`,
		);
		return 2;
	}
	rmSync(countsFile, { force: true });
	const results: { gate: string; ok: boolean; seconds: string }[] = [];
	for (const gate of suites[name as keyof typeof suites]) {
		console.log(`\n── ${gate}`);
		const started = performance.now();
		const { status } = spawnSync('npm', ['run', '--silent', gate], {
			cwd: root,
			stdio: 'inherit',
			env: { ...process.env, LAMPLIGHT_TEST_COUNTS: countsFile },
		});
		const seconds = ((performance.now() - started) / 1000).toFixed(1);
		results.push({ gate, ok: status === 0, seconds });
	}
	console.log('');
	for (const { gate, ok, seconds } of results) {
		console.log(`${ok ? 'ok  ' : 'FAIL'}  ${gate.padEnd(16)} ${seconds.padStart(7)} s`);
	}
	const counts = readCounts();
	let ok = results.every((result) => result.ok);
	if (counts !== null) {
		for (const failure of counts.failures) console.log(`failed: ${failure}`);
		for (const second of counts.seconds) console.log(`passed when tried again: ${second}`);
		for (const skip of counts.skips) console.log(`skipped: ${skip}`);
		if (process.env['REQUIRE_ALL'] === '1' && counts.skipped > 0) {
			console.log('REQUIRE_ALL=1: a skipped test is a failure');
			ok = false;
		}
		const summary = `tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
		mkdirSync(dirname(summaryFile), { recursive: true });
		writeFileSync(summaryFile, `${summary}\n`);
		console.log(`\n${summary}`);
	}
	return ok ? 0 : 1;
}

process.exit(main(process.argv[2]));

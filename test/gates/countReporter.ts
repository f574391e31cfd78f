import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, relative } from 'node:path';

import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

/** What one run came to, as it is appended to the file of counts. */
export interface RunCounts {
	passed: number;
	failed: number;
	skipped: number;
	/** Full names of the skipped tests. */
	readonly skips: string[];
	/** File, full name and first line of the error of each failed test, hook and module. */
	readonly failures: string[];
	/** Files and full names of tests that failed and passed when tried again. */
	readonly seconds: string[];
}

/** Appends this run's counts to the file named by LAMPLIGHT_TEST_COUNTS, one JSON object a run. */
export default class CountReporter implements Reporter {
	onTestRunEnd(modules: readonly TestModule[]): void {
		const file = process.env['LAMPLIGHT_TEST_COUNTS'];
		if (file === undefined) return;
		const counts = noCounts();
		for (const module of modules) {
			for (const test of module.children.allTests()) {
				counts[stateOf(test)] += 1;
				if (stateOf(test) === 'skipped') counts.skips.push(test.fullName);
				if (test.diagnostic()?.flaky === true) counts.seconds.push(placeOf(module, test.fullName));
			}
			const failures = failuresOf(module);
			counts.failures.push(...failures.all);
			// A hook's or an import's failure shows in no test's state, only as skipped tests.
			counts.failed += failures.outsideTests;
		}
		mkdirSync(dirname(file), { recursive: true });
		appendFileSync(file, `${JSON.stringify(counts)}\n`);
	}
}

/** Counts to add to. */
export function noCounts(): RunCounts {
	return { passed: 0, failed: 0, skipped: 0, skips: [], failures: [], seconds: [] };
}

function placeOf(module: TestModule, name: string): string {
	return `${relative(process.cwd(), module.moduleId)} > ${name}`;
}

function failuresOf(module: TestModule): { all: string[]; outsideTests: number } {
	const line = (name: string, errors: readonly SerializedError[]) =>
		`${placeOf(module, name)}: ${errors[0]?.message.split('\n')[0] ?? 'no error told'}`;
	const outside = [
		...(module.errors().length > 0 ? [line('the file', module.errors())] : []),
		...[...module.children.allSuites()]
			.filter((suite) => suite.errors().length > 0)
			.map((suite) => line(`${suite.fullName} (hook)`, suite.errors())),
	];
	const tests = [...module.children.allTests()]
		.filter((test) => stateOf(test) === 'failed')
		.map((test) => line(test.fullName, test.result().errors ?? []));
	return { all: [...outside, ...tests], outsideTests: outside.length };
}

function stateOf(test: TestCase): 'passed' | 'failed' | 'skipped' {
	const { state } = test.result();
	return state === 'pending' ? 'failed' : state;
}

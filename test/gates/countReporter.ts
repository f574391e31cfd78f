import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Appends this run's counts to the file named by LAMPLIGHT_TEST_COUNTS, one JSON object a run. */
export default class CountReporter implements Reporter {
	onTestRunEnd(modules: readonly TestModule[]): void {
		const file = process.env['LAMPLIGHT_TEST_COUNTS'];
		if (file === undefined) return;
		const counts = { passed: 0, failed: 0, skipped: 0 };
		const skips: string[] = [];
		for (const module of modules) {
			if (module.errors().length > 0) counts.failed += 1;
			for (const test of module.children.allTests()) {
				counts[stateOf(test)] += 1;
				if (stateOf(test) === 'skipped') skips.push(test.fullName);
			}
		}
		mkdirSync(dirname(file), { recursive: true });
		appendFileSync(file, `${JSON.stringify({ ...counts, skips })}\n`);
	}
}

function stateOf(test: TestCase): 'passed' | 'failed' | 'skipped' {
	const { state } = test.result();
	return state === 'pending' ? 'failed' : state;
}

import { describe, expect, it, test } from 'vitest';

import { fingerprint } from './fingerprint.ts';
import type { Fingerprint } from './fingerprint.ts';

const of = (...lines: string[]): Fingerprint => fingerprint({ runtime: null, lines });
const anId = '3e53af63-e7fd-44f5-a80a-13683a2d39d8';
const another = '0b23505d-90e8-448b-accb-af6c6fe0a204';

describe('what the platform reports', () => {
	const cases: [string, string, Partial<Fingerprint>][] = [
		[
			'time-out line',
			`2026-11-20T10:00:00.123Z ${anId} Task timed out after 3.00 seconds\n\n`,
			{
				kind: 'timeout',
				errorType: 'Sandbox.Timedout',
				normalisedMessage: 'Task timed out after <n> seconds',
			},
		],
		[
			'time-out JSON',
			JSON.stringify({
				errorType: 'Sandbox.Timedout',
				errorMessage: `RequestId: ${anId} Error: Task timed out after 3.00 seconds`,
			}),
			{
				kind: 'timeout',
				errorType: 'Sandbox.Timedout',
				normalisedMessage: 'Task timed out after <n> seconds',
			},
		],
		[
			'killed',
			`RequestId: ${anId} Error: Runtime exited with error: signal: killed\nRuntime.ExitError`,
			{
				kind: 'exit',
				errorType: 'Runtime.ExitError',
				normalisedMessage: 'Runtime exited with error: signal: killed',
			},
		],
		[
			'exit status',
			`RequestId: ${anId} Error: Runtime exited with error: exit status 2\nRuntime.ExitError`,
			{ kind: 'exit', normalisedMessage: 'Runtime exited with error: exit status 2' },
		],
		[
			'process exited',
			`RequestId: ${anId} Process exited before completing request`,
			{ kind: 'exit' },
		],
		[
			'out of memory',
			`REPORT RequestId: ${anId}\tDuration: 9.70 ms\tBilled Duration: 10 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\tStatus: error\tError Type: Runtime.OutOfMemory`,
			{ kind: 'out-of-memory', errorType: 'Runtime.OutOfMemory' },
		],
		[
			'init',
			`INIT_REPORT Init Duration: 206.72 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError`,
			{ kind: 'init', errorType: 'Runtime.ImportModuleError' },
		],
		[
			'JSON report',
			JSON.stringify({
				time: 'x',
				type: 'platform.report',
				record: { requestId: anId, status: 'timeout', metrics: { durationMs: 3000 } },
			}),
			{ kind: 'timeout', errorType: 'Sandbox.Timedout' },
		],
		[
			'import error in Node',
			`2026-11-20T10:00:00.123Z\tundefined\tERROR\tUncaught Exception \t${JSON.stringify({ errorType: 'Runtime.ImportModuleError', errorMessage: "Error: Cannot find module 'left-pad'\nRequire stack:\n- /var/task/index.js", stack: ["Runtime.ImportModuleError: Error: Cannot find module 'left-pad'", '    at _loadUserApp (file:///var/runtime/index.mjs:1109:17)'] })}`,
			{ kind: 'init', errorType: 'Runtime.ImportModuleError' },
		],
		[
			'heap',
			'<--- Last few GCs --->\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
			{ kind: 'out-of-memory' },
		],
	];
	it.each(cases)('%s', (_name, line, expected) => {
		expect(of(line)).toMatchObject(expected);
	});

	test('exit statuses stay apart, request ids do not matter', () => {
		const exit = (id: string, status: number): string =>
			of(
				`RequestId: ${id} Error: Runtime exited with error: exit status ${status}\nRuntime.ExitError`,
			).hash;
		expect(exit(anId, 1)).toBe(exit(another, 1));
		expect(exit(anId, 1)).not.toBe(exit(anId, 2));
	});
});

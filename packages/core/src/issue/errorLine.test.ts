import { describe, expect, it, test } from 'vitest';

import { classifyLine, failuresOf, issueScope } from './errorLine.ts';
import { fingerprint } from './fingerprint.ts';

const id = '3e53af63-e7fd-44f5-a80a-13683a2d39d8';
const other = '0b23505d-90e8-448b-accb-af6c6fe0a204';

describe('levels and errors', () => {
	const cases: [string, string, string | null, boolean][] = [
		['Node error', `2026-11-20T10:00:00.123Z\t${id}\tERROR\tboom`, 'error', true],
		['Node info', `2026-11-20T10:00:00.123Z\t${id}\tINFO\tERROR handling is on`, 'info', false],
		['Node warning', `2026-11-20T10:00:00.123Z\t${id}\tWARN\tTypeError: handled`, 'warn', false],
		['Python logger', `[ERROR]\t2026-11-20T10:00:00.123Z\t${id}\tboom`, 'error', true],
		['Python uncaught', "[ERROR] KeyError: 'x'\nTraceback (most recent call last):", 'error', true],
		['Python info', `[INFO]\t2026-11-20T10:00:00.123Z\t${id}\tfine`, 'info', false],
		['Java log4j', `2026-11-20 10:00:00 ${id} ERROR Handler:42 - boom`, 'error', true],
		['Java uncaught', 'java.lang.IllegalStateException: closed', null, true],
		['.NET', `2026-11-20T10:00:00.123Z\t${id}\tfail\tSystem.Exception: x`, 'error', true],
		['.NET info', `2026-11-20T10:00:00.123Z\t${id}\tinfo\tdone`, 'info', false],
		['Go panic', 'panic: assignment to entry in nil map', null, true],
		['Go logfmt', 'time=2026-11-20T10:00:00Z level=ERROR msg=boom', 'error', true],
		['Rust tracing', '2026-11-20T10:00:00.123456Z ERROR orders::pay: declined', 'error', true],
		['Rust panic', "thread 'main' panicked at src/main.rs:4:5:", null, true],
		['JSON error', '{"level":"ERROR","message":"boom"}', 'error', true],
		['Python uncaught, JSON', '{"log_level":"ERROR","errorMessage":"boom"}', 'error', true],
		['JSON info', '{"level":"info","message":"ERROR was fixed"}', 'info', false],
		['pino fatal', '{"level":60,"msg":"boom"}', 'fatal', true],
		['JSON without level', '{"errorType":"Error","errorMessage":"x"}', null, true],
		['JSON data', '{"orderId":7}', null, false],
		['time-out', `2026-11-20T10:00:00.123Z ${id} Task timed out after 3.00 seconds`, null, true],
		[
			'exit',
			`RequestId: ${id} Error: Runtime exited with error: exit status 2\nRuntime.ExitError`,
			null,
			true,
		],
		[
			'REPORT',
			`REPORT RequestId: ${id}\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB\t`,
			null,
			false,
		],
		[
			'REPORT of a time-out',
			`REPORT RequestId: ${id}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB\tStatus: timeout`,
			null,
			true,
		],
		[
			'JSON report',
			`{"time":"x","type":"platform.report","record":{"requestId":"${id}","status":"error"}}`,
			null,
			true,
		],
		['START', `START RequestId: ${id} Version: $LATEST`, null, false],
		['prose', 'the word error alone is no failure', null, false],
		['nothing', '', null, false],
	];
	it.each(cases)('%s', (_name, line, level, isError) => {
		expect(classifyLine(line)).toMatchObject({ level, isError });
	});

	test('a request id is found where one is printed', () => {
		expect(classifyLine(`2026-11-20T10:00:00.123Z\t${id}\tERROR\tboom`).requestId).toBe(id);
		expect(classifyLine(`{"level":"ERROR","requestId":"${id}","message":"x"}`).requestId).toBe(id);
		expect(classifyLine('panic: x').requestId).toBeNull();
	});
});

describe('failures of a stream', () => {
	const events = (...messages: string[]): { timestampMs: number; message: string }[] =>
		messages.map((message, index) => ({ timestampMs: index, message }));

	test('a panic printed line by line is one failure, with the request that ran', () => {
		const found = failuresOf(
			events(
				`START RequestId: ${id} Version: $LATEST`,
				'panic: runtime error: invalid memory address or nil pointer dereference',
				'[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x6b1f2a]',
				'goroutine 1 [running]:',
				'main.(*Store).Get(0x0, {0xc0000b2000, 0x4})',
				'\t/build/store.go:12 +0x1a',
				'exit status 2',
				`RequestId: ${id} Error: Runtime exited with error: exit status 2\nRuntime.ExitError`,
				`REPORT RequestId: ${id}\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB\tStatus: error\tError Type: Runtime.ExitError`,
			),
			'provided.al2023',
		);
		expect(found).toHaveLength(1);
		expect(found[0]).toMatchObject({ requestId: id, platform: false, timestampMs: 1 });
		expect(fingerprint(found[0]?.text ?? { runtime: null })).toMatchObject({
			errorType: 'panic',
			topFrame: 'main.(*Store).Get (build/store.go)',
		});
	});

	test('a time-out is kept beside an error that the code logged before', () => {
		const found = failuresOf(
			events(
				`2026-11-20T10:00:00.123Z\t${id}\tERROR\tretrying`,
				`2026-11-20T10:00:03.123Z ${id} Task timed out after 3.00 seconds`,
				`REPORT RequestId: ${id}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB\tStatus: timeout`,
			),
			null,
		);
		expect(found.map((each) => each.platform)).toEqual([false, true]);
	});

	test('failures of two requests stay two, and what is no error is left out', () => {
		const found = failuresOf(
			events(
				`2026-11-20T10:00:00.123Z\t${id}\tERROR\tboom`,
				'  not a frame of anything that failed',
				`2026-11-20T10:00:00.123Z\t${other}\tINFO\tfine`,
				`2026-11-20T10:00:00.123Z\t${other}\tERROR\tboom`,
			),
			null,
		);
		expect(found.map((each) => each.requestId)).toEqual([id, other]);
	});
});

test('platform failures belong to the function, code errors to the app', () => {
	expect(issueScope('timeout', '1.eu-west-1.f', 'shop')).toBe('function:1.eu-west-1.f');
	expect(issueScope('exception', '1.eu-west-1.f', 'shop')).toBe('app:shop');
	expect(issueScope('exception', '1.eu-west-1.f', null)).toBe('function:1.eu-west-1.f');
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseLine, parseMessage } from './parse.ts';
import { head, id, only, plain, report } from './testing/samples.ts';

describe('what only looks like the platform', () => {
	it.each([
		[
			`REPORT RequestId: ${id} Runtime Duration: 10.00 ms Post Runtime Duration: 1.00 ms Duration: 11.00 ms Billed Duration: 12 ms Memory Size: 128 MB Max Memory Used: 66 MB`,
			'datadog',
		],
		[
			'INIT_REPORT Initialization Type: on-demand Phase: init Status: success Duration: 500.00 ms',
			'opentelemetry',
		],
		['RESTORE_REPORT Status: success Duration: 150.00 ms', 'opentelemetry'],
	])('%j is another maker’s', (message, maker) => {
		expect(only(message)).toMatchObject({ kind: 'lookalike', maker });
	});

	it.each([
		['a function’s own line', 'order 17 placed'],
		['a logger’s line that quotes a REPORT', `2026-10-01T10:00:00.000Z\t${id}\tINFO\t${head}`],
		['a Python logger’s line that quotes one', `[INFO]\t2026-10-01T10:00:00.000Z\t${id}\t${head}`],
		['JSON that quotes one', JSON.stringify({ level: 'info', message: head })],
		['JSON with a platform type inside', JSON.stringify({ body: { type: 'platform.report' } })],
		['prose', 'START of the END: REPORT nothing'],
		['an empty line', ''],
		['spaces', '   \t'],
		['a stack frame', '    at END (/var/task/REPORT.js:1:1)'],
		[
			'a logger’s error that is no exception of the runtime',
			'[ERROR]\t2026-10-01T10:00:00.000Z\tx\tbad',
		],
	])('%s is the function’s', (_name, message) => {
		expect(parseMessage(message)).toEqual([]);
	});
});

describe('whatever comes', () => {
	const fragments = fc.constantFrom(
		...[
			'REPORT ',
			'RequestId: ',
			id,
			'\t',
			' ms',
			' MB',
			'Duration: ',
			'Billed ',
			'Memory Size: ',
			'Max Memory Used: ',
		],
		...[
			'Init ',
			'Restore ',
			'Status: ',
			'Error Type: ',
			'XRAY TraceId: ',
			'START ',
			'END ',
			'INIT_START ',
			'INIT_REPORT ',
		],
		...[
			'{"time":"2026-10-01T00:00:00Z","type":"platform.',
			'report","record":',
			'{"requestId":"x"',
			'}',
			'"',
			'\\t',
			'\\n',
			'\n',
		],
		...[
			'2026-10-01T00:00:00.000Z ',
			'2026/10/01/[$LATEST]',
			'0',
			'1.5',
			'99999999999999999999',
			'\u0000',
			'é',
			'\ud800',
		],
	);
	const noise = fc
		.array(fc.oneof(fragments, fc.string({ maxLength: 12 })), { maxLength: 30 })
		.map((parts) => parts.join(''));

	it('never throws, and never loses a neighbour', () => {
		fc.assert(
			fc.property(noise, noise, (before, after) => {
				const lines = (text: string) => text.replaceAll('\n', ' ').trim();
				const records = parseMessage(`${lines(before)}\n${head}\t\n${lines(after)}`);
				const ours = records.filter(
					(record) => record.kind === 'report' && record.requestId === id,
				);
				expect(ours.length).toBeGreaterThanOrEqual(1);
			}),
			{ numRuns: 2000 },
		);
	});

	it('reads any figures exactly as they are printed', () => {
		const figures = fc.record({
			durationUs: fc.integer({ min: 0, max: 900_000_00 }).map((hundredths) => hundredths * 10),
			billedMs: fc.integer({ min: 0, max: 900_000 }),
			memoryMib: fc.integer({ min: 1, max: 32_768 }),
			maxMemoryUsedMib: fc.integer({ min: 0, max: 32_768 }),
			initUs: fc.option(
				fc.integer({ min: 0, max: 10_000_00 }).map((hundredths) => hundredths * 10),
			),
		});
		const separator = fc.constantFrom('\t', '  ', ' ');
		fc.assert(
			fc.property(fc.uuid(), figures, separator, (requestId, figure, between) => {
				const parts = [
					`REPORT RequestId: ${requestId}`,
					`Duration: ${(figure.durationUs / 1000).toFixed(2)} ms`,
					`Billed Duration: ${figure.billedMs} ms`,
					`Memory Size: ${figure.memoryMib} MB`,
					`Max Memory Used: ${figure.maxMemoryUsedMib} MB`,
					...(figure.initUs === null
						? []
						: [`Init Duration: ${(figure.initUs / 1000).toFixed(2)} ms`]),
				];
				expect(report(parts.join(between))).toEqual({ ...plain, requestId, ...figure });
			}),
		);
	});

	it('reads in place exactly what it reads alone', () => {
		fc.assert(
			fc.property(
				noise,
				fc.string({ maxLength: 30 }),
				fc.string({ maxLength: 30 }),
				(line, before, after) => {
					const alone = line.replaceAll('\n', ' ');
					const within = `${before}\n${alone}\n${after}`;
					const start = before.length + 1;
					expect(parseLine(within, start, start + alone.length)).toEqual(parseLine(alone));
				},
			),
			{ numRuns: 2000 },
		);
	});
});

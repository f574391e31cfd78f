/** Lines that nobody here wrote: a summary over all of them, and what must hold for each. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { parseMessage } from '@lamplight/core/invocation/parse';
import type { PlatformRecord, ReportRecord } from '@lamplight/core/invocation/record';

import { missing, sharedData } from '../../../../test/support/needs.ts';
import { run } from './run.ts';

interface CorpusLine {
	readonly kind: string;
	readonly line: string;
	readonly looks_real: boolean;
}

function corpus(): CorpusLine[] {
	const text = readFileSync(join(sharedData(), 'logs', 'lambda_log_lines.jsonl'), 'utf8');
	return text
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as CorpusLine);
}

/** The kind of record that a line of each kind of the corpus is. */
const kindOf: Readonly<Record<string, PlatformRecord['kind'] | null>> = {
	REPORT: 'report',
	START: 'start',
	END: 'end',
	INIT_START: 'initStart',
	INIT_REPORT: 'initReport',
	RESTORE: 'restoreReport',
	TIMEOUT: 'timedOut',
	EXIT: 'exit',
	ERROR_JSON: null,
	'platform.start': 'start',
	'platform.end': 'end',
	'platform.report': 'report',
	'platform.runtimeDone': 'runtimeDone',
	'platform.initStart': 'initStart',
	'platform.initReport': 'initReport',
	'platform.initRuntimeDone': 'initRuntimeDone',
	'platform.restoreStart': 'restoreStart',
	'platform.restoreReport': 'restoreReport',
	'platform.extension': 'extension',
	'platform.telemetrySubscription': 'subscription',
	'platform.logsSubscription': 'subscription',
	'platform.logsDropped': 'logsDropped',
	'platform.fault': 'exit',
};

describe.skipIf(missing('sharedData') !== null)('real log lines', () => {
	it('are each read as what they are, and none is left over', () => {
		const lines = corpus();
		const counts: Record<string, number> = {};
		for (const { kind, line } of lines) {
			const records = parseMessage(line);
			const expected = kindOf[kind];
			expect([kind, line, records.map((record) => record.kind)]).toEqual([
				kind,
				line,
				expected === null ? [] : [expected],
			]);
			const [record] = records;
			if (record !== undefined) counts[record.kind] = (counts[record.kind] ?? 0) + 1;
		}
		expect(counts).toEqual({
			report: 378,
			start: 275,
			end: 268,
			initStart: 46,
			timedOut: 47,
			initReport: 27,
			exit: 4,
			initRuntimeDone: 2,
			restoreStart: 1,
			restoreReport: 4,
			runtimeDone: 4,
			extension: 4,
			subscription: 3,
			logsDropped: 2,
		});
	});

	it('state figures that hang together', () => {
		const reports = corpus()
			.flatMap(({ line }) => parseMessage(line))
			.filter((record): record is ReportRecord => record.kind === 'report');
		const odd = reports.filter(
			({ durationUs, billedMs, memoryMib, restoreUs, billedRestoreMs }) => {
				if (durationUs === null || durationUs < 0) return true;
				if (billedMs !== null && billedMs < 0) return true;
				if (memoryMib !== null && (memoryMib < 100 || memoryMib > 10_240)) return true;
				return billedRestoreMs !== null && restoreUs === null;
			},
		);
		expect(odd).toEqual([]);
		// AWS bills less than the duration only where the timeout, in whole seconds, cut it.
		const below = reports.filter(
			({ durationUs, billedMs }) =>
				billedMs !== null && billedMs < Math.floor((durationUs ?? 0) / 1000),
		);
		expect(below.length).toBeGreaterThan(0);
		expect(below.filter(({ billedMs }) => (billedMs ?? 0) % 1000 !== 0)).toEqual([]);
	});

	it('contain the billed restore in the billed duration, wherever AWS wrote both', () => {
		const restored = corpus()
			.filter(({ looks_real }) => looks_real)
			.flatMap(({ line }) => parseMessage(line))
			.filter(
				(record): record is ReportRecord =>
					record.kind === 'report' && record.billedRestoreMs !== null,
			);
		expect(restored.length).toBeGreaterThan(0);
		for (const { billedMs, billedRestoreMs } of restored) {
			expect(billedMs ?? 0).toBeGreaterThan(billedRestoreMs ?? 0);
		}
	});

	it('run through the command: nothing lost, nothing invented', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'lamplight-corpus-'));
		try {
			const path = join(folder, 'corpus.log');
			await writeFile(
				path,
				corpus()
					.map(({ line }) => line)
					.join('\n'),
			);
			let stdout = '';
			const stdin = process.stdin;
			const io = {
				stdin,
				stdout: { write: (text: string) => (stdout += text) },
				stderr: { write: () => true },
			};
			expect(await run([path, '--region', 'eu-west-1', '--format', 'json'], io)).toBe(0);
			const found = JSON.parse(stdout) as {
				rows: {
					invocations: number;
					cost: { total: string; requests: string; run: string; init: string };
				}[];
				totals: { total: string }[];
				records: Record<string, number>;
				notUnderstood: { count: number };
			};
			expect(found.notUnderstood.count).toBe(0);
			expect(found.records['report']).toBe(378);
			expect(found.rows.reduce((sum, { invocations }) => sum + invocations, 0)).toBe(378);
			for (const { cost } of found.rows) {
				const parts = Number(cost.requests) + Number(cost.run) + Number(cost.init);
				expect(parts).toBeCloseTo(Number(cost.total), 12);
			}
			const total = found.rows.reduce((sum, { cost }) => sum + Number(cost.total), 0);
			expect(total).toBeCloseTo(Number(found.totals[0]?.total), 12);
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	});
});

import type { ExecutionPage } from '@lamplight/api/contract/executions';
import type { LogLine } from '@lamplight/api/contract/logs';
import { describe, expect, it } from 'vitest';

import { plain } from '#lib/format/number.ts';
import { plainReading, readingWords } from '#lib/ui/reading.ts';

import { executionReading, executionTitle, longestSilence, withSilences } from './story.ts';

const money = (amount: string) => ({
	amount,
	currency: 'USD',
	provenance: 'measured' as const,
	basis: 'list' as const,
});
const page = {
	execution: {
		initMs: 842,
		durationMs: 2318,
		status: 'error',
		errorType: 'LedgerTimeout',
		attempt: 1,
	},
	phases: [
		{ kind: 'init', fromMs: -842, toMs: 0, billed: true, label: null },
		{ kind: 'run', fromMs: 0, toMs: 168, billed: true, label: null },
		{ kind: 'silent', fromMs: 168, toMs: 2172, billed: true, label: 'ledger.hold' },
		{ kind: 'run', fromMs: 2172, toMs: 2318, billed: true, label: null },
	],
	cost: { total: money('0.00004527'), lines: [] },
	usual: {
		cost: money('0.00000354'),
		durationMs: 166,
		memoryUsedFromMib: 446,
		memoryUsedToMib: 690,
		executions: 1000,
	},
} as unknown as ExecutionPage;

describe('the story of an execution', () => {
	it('tells init, silence and what it cost beside the usual', () => {
		expect(plain(plainReading(executionReading(page)))).toBe(
			'Init took 842 ms. The handler ran for 2,318 ms, and wrote nothing for 2,004 ms of it in ledger.hold. It cost 45.27 µ$, 13 times the usual 3.54 µ$.',
		);
		expect(plainReading(executionReading(page)).split(/\s+/).length).toBeLessThanOrEqual(
			readingWords,
		);
	});

	it('says of a failure what its line says, and no more than fits', () => {
		const line = {
			kind: 'line',
			level: 'error',
			json: null,
			message: `2026-11-23T10:00:00Z\tid\tERROR\tInvoke Error \t{"errorType":"LedgerTimeout","errorMessage":"hold not confirmed","stack":[]}`,
		} as unknown as LogLine;
		const failed = { ...page, lines: [line] };
		expect(plainReading(executionReading(failed))).toContain(
			' and failed: LedgerTimeout: hold not confirmed. ',
		);
		const long = { ...line, message: 'x'.repeat(300) };
		const text = plainReading(executionReading({ ...page, lines: [long] }));
		expect(text).toContain(`${'x'.repeat(90)}…`);
	});

	it('has a title that says what happened', () => {
		expect(executionTitle(page)).toBe('A cold start, then it failed with LedgerTimeout');
		const warm = {
			...page,
			execution: { ...page.execution, initMs: null, status: 'ok' },
		} as ExecutionPage;
		expect(executionTitle(warm)).toBe('It ended well');
	});

	it('says nothing of a short silence', () => {
		expect(longestSilence(page.phases)?.label).toBe('ledger.hold');
		expect(
			longestSilence([
				{ kind: 'run', fromMs: 0, toMs: 900, billed: true, label: null },
				{ kind: 'silent', fromMs: 900, toMs: 1000, billed: true, label: null },
			]),
		).toBeNull();
		expect(
			longestSilence([{ kind: 'silent', fromMs: 0, toMs: 50, billed: true, label: null }]),
		).toBeNull();
	});

	it('puts a silence between two lines, but not before the handler starts', () => {
		const line = (id: string, offsetMs: number) => ({ id, offsetMs }) as LogLine;
		const told = withSilences(
			[line('a', -800), line('b', 0), line('c', 100), line('d', 2100)],
			2300,
		);
		expect(told.map((one) => (one.kind === 'gap' ? Math.round(one.ms) : one.line.id))).toEqual([
			'a',
			'b',
			'c',
			2000,
			'd',
		]);
	});
});

import { describe, expect, it } from 'vitest';

import { benchTable } from '../bench/table.ts';
import { row } from '../bench/bench.ts';

/** The printed lines of some rows. */
function printed(rows: Parameters<ReturnType<typeof benchTable>['row']>[0][]): string[] {
	const lines: string[] = [];
	const table = benchTable((line) => lines.push(line));
	table.head();
	for (const one of rows) table.row(one);
	table.foot();
	return lines.map((line) => line.replace(/\s+/g, ' '));
}

describe('the table of benches', () => {
	it('says what is aimed at, in which direction, and whether it was met', () => {
		const lines = printed([
			{ bench: 'api', ...row('p99', { value: 90, unit: 'ms', atMost: 150, baseline: 45 }) },
			{ bench: 'api', ...row('p99', { value: 900, unit: 'ms', atMost: 150 }) },
			{ bench: 'money', ...row('lines', { value: 1_234_567, unit: '/s', atLeast: 1_000_000 }) },
			{ bench: 'money', ...row('lines', { value: 5, unit: '/s', atLeast: 10 }) },
			{ bench: 'money', ...row('memory', { value: 12.34, unit: 'MB' }) },
		]);
		expect(lines.slice(2)).toEqual([
			'api p99 90 ms ≤ 150 45 2 x ok',
			'api p99 900 ms ≤ 150 – – MISS',
			'money lines 1,234,567 /s ≥ 1,000,000 – – ok',
			'money lines 5 /s ≥ 10 – – MISS',
			'money memory 12.3 MB – – –',
		]);
	});

	it('shows a bench that failed, with the reason once below', () => {
		const nothing = { unit: '', target: null, baseline: null, ratio: null } as const;
		const failed = { bench: 'start', metric: 'ran to its end', value: null, pass: false } as const;
		const lines = printed([
			{ ...failed, ...nothing, note: 'no port' },
			{ ...failed, ...nothing, note: 'no port' },
		]);
		expect(lines.slice(2)).toEqual([
			'start ran to its end – – – – FAILED [1]',
			'start ran to its end – – – – FAILED [1]',
			'',
			'[1] no port',
		]);
	});
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { proveBills } from '../proof/bills.ts';
import { proveLines } from '../proof/lines.ts';
import { proofs } from '../proof/proofs.ts';
import { printed } from '../proof/section.ts';
import { missing, sharedData } from '../support/needs.ts';

describe.skipIf(missing('sharedData') !== null)('the proof on real input', () => {
	it.each(proofs.map((prove) => [prove.name, prove] as const))(
		'%s misreads nothing',
		async (_, prove) => {
			const { problems, rows } = await prove(sharedData());
			expect(problems).toEqual([]);
			expect(rows.length).toBeGreaterThan(0);
		},
		60_000,
	);
});

describe('the proof', () => {
	const folder = mkdtempSync(join(tmpdir(), 'proof-'));
	mkdirSync(join(folder, 'logs'));
	mkdirSync(join(folder, 'bills'));
	afterAll(() => rmSync(folder, { recursive: true }));

	it('names a line that is read as something else', async () => {
		const lines = [
			{ kind: 'REPORT', line: 'START RequestId: 1b6e2c5a-0f6d-4f0e-9a57-0d4b4d1c2e3f Version: 1' },
			{ kind: 'START', line: 'START RequestId: 1b6e2c5a-0f6d-4f0e-9a57-0d4b4d1c2e3f Version: 1' },
		];
		const text = lines.map((line) => JSON.stringify(line)).join('\n');
		writeFileSync(join(folder, 'logs', 'lambda_log_lines.jsonl'), text);
		const section = await proveLines(folder);
		expect(section.problems.join()).toContain('REPORT read as start');
		expect(printed(section)).toContain('misread');
	});

	it('names a bill whose rows are not understood', async () => {
		const head =
			'bill/PayerAccountId,bill/BillingPeriodStartDate,bill/BillingPeriodEndDate,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageType,lineItem/UnblendedCost,lineItem/CurrencyCode';
		const row =
			'111111111111,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,111111111111,Usage,2026-10-02T00:00:00Z,2026-10-02T01:00:00Z,AWSLambda,Request,much,USD';
		writeFileSync(join(folder, 'bills', 'broken.csv'), `${head}\n${row}\n`);
		const { problems } = await proveBills(folder);
		expect(problems.join()).toContain('broken.csv');
	});
});

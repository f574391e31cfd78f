import { randomBytes } from 'node:crypto';

import { LamplightError } from '@lamplight/core/errors';
import type { Context } from 'hono';
import { describe, expect, it } from 'vitest';

import { answer } from './answer.ts';
import { csvRecord, FileText, maxFileRows } from './csv.ts';
import type { ApiEnv } from './env.ts';

const file = 'GET /v1/w/{ws}/exports/costs.csv';

function asked(headers: Record<string, string> = {}) {
	const context = {
		req: { method: 'GET', header: (name: string) => headers[name] },
	} as unknown as Context<ApiEnv>;
	return { context, check: true };
}

const refusalOf = (run: () => unknown) => {
	try {
		run();
	} catch (error) {
		if (error instanceof LamplightError) return error;
	}
	throw new Error('expected a refusal');
};

describe('an answer', () => {
	it('is a file with a name where the route says so, and comes again only when it changed', async () => {
		const first = answer(file, 'a,b\r\n', asked());
		expect(first.headers.get('content-disposition')).toBe(
			'attachment; filename="lamplight-costs.csv"',
		);
		expect(await first.text()).toBe('a,b\r\n');
		const etag = first.headers.get('etag') ?? '';
		expect(answer(file, 'a,b\r\n', asked({ 'if-none-match': etag })).status).toBe(304);
		expect(answer(file, 'a,c\r\n', asked({ 'if-none-match': etag })).status).toBe(200);
	});

	it('is refused, with what to do, where Lambda would not carry it', () => {
		const plain = 'x'.repeat(5_600_000);
		const refused = refusalOf(() => answer(file, plain, asked()));
		expect(refused).toMatchObject({ code: 'too_large', details: { limit: 'answerBytes' } });
		expect(refused.message).toMatch(/5\.6 MB.*shorter range.*gzip/);
		// The same compresses well, and text that does not is refused by what base64 makes of it.
		expect(answer(file, plain, asked({ 'accept-encoding': 'gzip' })).status).toBe(200);
		const dense = randomBytes(4_300_000).toString('base64');
		const still = refusalOf(() => answer(file, dense, asked({ 'accept-encoding': 'gzip' })));
		expect(still.details['bytes']).toBeGreaterThan(5_700_000);
		expect(still.message).not.toMatch(/gzip/);
	});
});

describe('a file', () => {
	it('stops growing at its limit and says how much would fit', () => {
		const rows = 4 * maxFileRows;
		const text = new FileText();
		const refused = refusalOf(() => {
			for (let at = 0; at < rows; at += 1) text.add(csvRecord([at]), at / rows);
		});
		expect(refused).toMatchObject({
			code: 'too_large',
			details: { limit: 'fileRows', max: maxFileRows, fitsPercent: 25 },
		});
		const wide = new FileText();
		expect(
			refusalOf(() => {
				for (let at = 0; at < 100; at += 1) wide.add('x'.repeat(1_000_000), at / 100);
			}).details,
		).toMatchObject({ limit: 'fileBytes', fitsPercent: 70 });
	});

	it('keeps its rows in order under its header', () => {
		const text = new FileText();
		text.add(csvRecord([1]), 0);
		text.add(csvRecord([2]), 0.5);
		expect(text.under(csvRecord(['n']))).toBe('n\r\n1\r\n2\r\n');
	});
});

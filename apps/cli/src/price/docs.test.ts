/** The page about the command line must stay true: its documents are priced here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { toDecimalString } from '@lamplight/core/money';
import { componentInfo, type Component } from '@lamplight/pricing/components';
import { parseUsageDocument } from '@lamplight/pricing/document';
import { priceDocument } from '@lamplight/pricing/priceDocument';

import { root } from '../../../../test/support/needs.ts';
import { reportHelp } from '../report/options.ts';

const page = readFileSync(join(root, 'docs', 'cli.md'), 'utf8');
const documents = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

describe('docs/cli.md', () => {
	it('states a smallest document that costs what it says', () => {
		const statement = priceDocument(parseUsageDocument(JSON.parse(documents[0] ?? '')));
		expect(statement.totals.map((total) => toDecimalString(total, 2))).toEqual(['2.73']);
	});

	it('states a document with everything in it, all of which has a price', () => {
		const statement = priceDocument(parseUsageDocument(JSON.parse(documents[1] ?? '')));
		expect(statement.notPriced).toEqual([]);
		const used = new Set(statement.items.map(({ item }) => item.component));
		const missing = (Object.keys(componentInfo) as Component[]).filter((one) => !used.has(one));
		// One kind of poller, and one class of logs, stand for the others.
		expect(missing).toEqual([
			'event-poller-kafka',
			'log-ingestion-infrequent',
			'log-ingestion-delivery',
		]);
	});

	it('names every option of the report', () => {
		const options = [...reportHelp.matchAll(/^ {2}(--[a-z-]+)/gm)].map((match) => match[1] ?? '');
		expect(options.length).toBeGreaterThan(6);
		for (const option of options) expect(page).toContain(`\`${option}`);
	});
});

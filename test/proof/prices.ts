import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Component } from '@lamplight/pricing/components';
import { bundledRates } from '@lamplight/pricing/rates/bundled';

import type { Section } from './section.ts';

interface PriceTable {
	readonly regions: Readonly<Record<string, Readonly<Record<string, { readonly price: string }>>>>;
}

interface Tiers {
	readonly us_east_1: readonly {
		readonly usageType: string;
		readonly tiers: readonly (readonly [from: string, to: string, price: string])[];
	}[];
}

type Architecture = 'x86_64' | 'arm64';

/** Lines of AWS's calculator and of its price list, and what we call them. */
const calculatorLines: Readonly<Record<string, readonly [Component, Architecture]>> = {
	'Lambda Requests': ['requests', 'x86_64'],
	'Lambda Requests-ARM': ['requests', 'arm64'],
	'Lambda Duration': ['duration', 'x86_64'],
	'Lambda Duration-ARM': ['duration', 'arm64'],
	'Lambda Duration-Provisioned': ['provisioned-duration', 'x86_64'],
	'Lambda Provisioned-Concurrency': ['provisioned-concurrency', 'x86_64'],
};
const listLines: Readonly<Record<string, readonly [Component, Architecture]>> = {
	Request: ['requests', 'x86_64'],
	'Request-ARM': ['requests', 'arm64'],
	'Lambda-GB-Second': ['duration', 'x86_64'],
	'Lambda-GB-Second-ARM': ['duration', 'arm64'],
};

/**
 * Prices that AWS published, as others kept them, beside the rates that we carry. Ours came from the
 * same lists: this proves that nothing was lost or mistaken on the way.
 */
export function provePrices(data: string): Section {
	const json = (name: string): unknown =>
		JSON.parse(readFileSync(join(data, 'pricing', name), 'utf8'));
	const rates = bundledRates();
	const problems: string[] = [];
	const rateOf = (
		[component, architecture]: readonly [Component, Architecture],
		region: string,
	): readonly string[] | null => {
		const atMs = Date.UTC(2026, 9, 1);
		const answer = rates.find({ component, architecture, region, atMs });
		return answer.found ? answer.row.tiers.map(({ price }) => price) : null;
	};
	const tally = { same: 0, different: 0, unpriced: 0, otherLines: 0 };
	const compare = (what: string, wanted: readonly string[], ours: readonly string[] | null) => {
		if (ours === null) return void (tally.unpriced += 1);
		const isSame = wanted.every((price, at) => Number(price) === Number(ours[at]));
		if (isSame) return void (tally.same += 1);
		tally.different += 1;
		problems.push(`${what}: AWS ${wanted.join(', ')}, ours ${ours.join(', ')}`);
	};
	const { regions } = json('lambda_prices_by_region_calculator_aws.json') as PriceTable;
	for (const [region, lines] of Object.entries(regions)) {
		for (const [line, { price }] of Object.entries(lines)) {
			const known = calculatorLines[line];
			if (known === undefined) tally.otherLines += 1;
			else compare(`${region} ${line}`, [price], rateOf(known, region));
		}
	}
	const { us_east_1: tiers } = json('lambda_us_east_1_tiers_2026-08.json') as Tiers;
	for (const { usageType, tiers: steps } of tiers) {
		const known = listLines[usageType];
		const wanted = steps.map(([, , price]) => price);
		if (known === undefined) tally.otherLines += 1;
		else compare(`us-east-1 ${usageType}`, wanted, rateOf(known, 'us-east-1'));
	}
	return {
		title: `Published prices of ${Object.keys(regions).length} regions`,
		columns: ['same as ours', 'different', 'said to be not priced', 'lines of other components'],
		rows: [[tally.same, tally.different, tally.unpriced, tally.otherLines].map(String)],
		problems,
	};
}

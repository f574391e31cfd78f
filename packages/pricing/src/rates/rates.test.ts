import { describe, expect, it } from 'vitest';

import { componentInfo, components } from '../components.ts';
import { openRateBook } from './book.ts';
import { bundledRates } from './bundled.ts';

const { document } = bundledRates();

describe('the rates that come with Lamplight', () => {
	it('name a source and a date for every price', () => {
		const used = document.rates.flatMap((row) => [
			row.source,
			...row.tiers.flatMap(({ source }) => source ?? []),
		]);
		for (const source of used) expect(document.sources).toHaveProperty([source]);
		expect(new Set(used).size).toBe(Object.keys(document.sources).length);
	});

	it('have tiers that join, in the unit of their component', () => {
		for (const row of document.rates) {
			expect(row.unit).toBe(componentInfo[row.component].pricedUnit);
			expect(row.tiers[0]?.from).toBe('0');
			expect(row.tiers.at(-1)?.to).toBeNull();
			row.tiers.slice(1).forEach((tier, at) => expect(tier.from).toBe(row.tiers[at]?.to));
		}
	});

	it('never have two prices for one moment', () => {
		const spans = new Map<string, [string, string][]>();
		for (const row of document.rates) {
			for (const architecture of row.architecture === 'any'
				? ['x86_64', 'arm64']
				: [row.architecture]) {
				const key = `${row.component} ${row.region} ${architecture}`;
				const span: [string, string] = [row.validFrom ?? '0000', row.validTo ?? '9999'];
				spans.set(key, [...(spans.get(key) ?? []), span]);
			}
		}
		for (const [key, found] of spans) {
			const sorted = found.sort(([left], [right]) => (left < right ? -1 : 1));
			sorted.slice(1).forEach(([from], at) => expect([key, from]).toEqual([key, sorted[at]?.[1]]));
		}
	});

	it('price every component in us-east-1 today', () => {
		const atMs = Date.UTC(2026, 10, 23);
		for (const component of components) {
			for (const architecture of ['x86_64', 'arm64'] as const) {
				const answer = bundledRates().find({ component, region: 'us-east-1', architecture, atMs });
				expect([component, answer.found]).toEqual([component, true]);
			}
		}
	});

	it('price requests and duration in the 25 regions of the calculator’s table', () => {
		const atMs = Date.UTC(2026, 10, 23);
		const both = bundledRates().regions.filter((region) =>
			(['requests', 'duration'] as const).every(
				(component) =>
					bundledRates().find({ component, region, architecture: 'arm64', atMs }).found,
			),
		);
		expect(both.length).toBeGreaterThanOrEqual(26);
		expect(both).toContain('eu-central-1');
	});

	it('say what is unknown: the region, the component there, or the moment', () => {
		const atMs = Date.UTC(2026, 10, 23);
		const ask = (region: string, component: 'duration' | 'log-storage', at = atMs) => {
			const answer = bundledRates().find({ component, region, architecture: 'x86_64', atMs: at });
			return answer.found ? 'found' : answer.reason;
		};
		expect(ask('mars-1', 'duration')).toBe('unknown-region');
		expect(ask('eu-west-1', 'log-storage')).toBe('no-rate');
		expect(ask('us-east-1', 'duration', Date.UTC(2016, 0, 1))).toBe('found');
	});
});

describe('openRateBook', () => {
	it('names what is wrong with a document', () => {
		expect(() => openRateBook({ version: 1, sources: {}, rates: [{}], allowances: [] })).toThrow(
			'document of rates',
		);
		expect(() => openRateBook(null)).toThrow('document of rates');
	});
});

import { describe, expect, it } from 'vitest';

import {
	type ExportFile,
	isBillFile,
	isManifest,
	manifestKeys,
	newestManifests,
	parseExportLocation,
	partOf,
} from './exportFiles.ts';

const file = (key: string, modifiedMs = 0, etag = '"a"'): ExportFile => ({
	key,
	etag,
	sizeBytes: 10,
	modifiedMs,
});

describe('the place of an export', () => {
	it('is a bucket and a prefix that ends in a slash', () => {
		expect(parseExportLocation('s3://my-bills/cur/daily')).toEqual({
			bucket: 'my-bills',
			prefix: 'cur/daily/',
		});
		expect(parseExportLocation(' s3://my-bills/cur// ')).toMatchObject({ prefix: 'cur/' });
		expect(parseExportLocation('s3://my-bills')).toEqual({ bucket: 'my-bills', prefix: '' });
	});

	it.each(['https://my-bills/cur', 's3://B/cur', 's3://my-bills/cur*', 's3://my-bills/${x}', ''])(
		'refuses %j, naming the field',
		(text) => {
			expect(() => parseExportLocation(text)).toThrow(/^location: expected/);
		},
	);
});

describe('manifests', () => {
	it('name their files, of Data Exports and of older reports', () => {
		const content = JSON.stringify({ dataFiles: ['s3://b/p/data/x-00001.csv.gz'] });
		expect(manifestKeys('m', content)).toEqual(['p/data/x-00001.csv.gz']);
		expect(manifestKeys('m', '{"reportKeys":["p/x-1.csv.gz"]}')).toEqual(['p/x-1.csv.gz']);
		expect(() => manifestKeys('p/m.json', '{')).toThrow('p/m.json is not JSON');
		expect(() => manifestKeys('p/m.json', '{"dataFiles":[]}')).toThrow('p/m.json names no files');
	});

	it('are told apart by month, the newest of each', () => {
		const one = 'cur/e/metadata/BILLING_PERIOD=2026-10/e-Manifest.json';
		const run = 'cur/e/metadata/BILLING_PERIOD=2026-11/20261105T1-aa/e-Manifest.json';
		const later = 'cur/e/metadata/BILLING_PERIOD=2026-11/20261106T1-bb/e-Manifest.json';
		const newest = newestManifests([file(one), file(later, 9), file(run, 5), file('cur/e/data/x')]);
		expect([...newest].map(([name, { key }]) => [name, key])).toEqual([
			['cur/e/BILLING_PERIOD=2026-10', one],
			['cur/e/BILLING_PERIOD=2026-11', later],
		]);
		const legacy = newestManifests([file('r/20261001-20261101/r-Manifest.json')]);
		expect([...legacy.keys()]).toEqual(['r/20261001-20261101']);
	});

	it('of two exports are refused: their bills would be added up', () => {
		const both = ['a', 'b'].map((name) =>
			file(`${name}/metadata/BILLING_PERIOD=2026-10/${name}-Manifest.json`),
		);
		expect(() => newestManifests(both)).toThrow(/one export, not of several \(a\/, b\/\)/);
	});
});

describe('files', () => {
	it('are bills by their ending, and not manifests or folders', () => {
		expect(isManifest('p/e-Manifest.json')).toBe(true);
		expect(isManifest('p/notManifest.json')).toBe(false);
		for (const name of ['a.csv', 'a.csv.gz', 'a.snappy.parquet', 'a.GZ']) {
			expect(isBillFile(file(name)), name).toBe(true);
		}
		for (const name of ['a/', 'a.sql', 'a.zip']) expect(isBillFile(file(name)), name).toBe(false);
		expect(isBillFile({ ...file('a.csv'), sizeBytes: 0 })).toBe(false);
	});

	it('have one fingerprint whatever their order, and another when one changes', () => {
		const [a, b] = [file('a.csv'), file('b.csv')];
		expect(partOf('x', [b, a]).fingerprint).toBe(partOf('x', [a, b]).fingerprint);
		expect(partOf('x', [a, file('b.csv', 0, '"b"')]).fingerprint).not.toBe(
			partOf('x', [a, b]).fingerprint,
		);
	});
});

import { expect, it } from 'vitest';

import { executionFilter, filterQuery, filterSearch } from './executionFilter.ts';

const read = (query: string) =>
	executionFilter((name) => new URLSearchParams(query).get(name) ?? '');

it('reads the filter of a list, and takes what it does not know as not chosen', () => {
	expect(read('order=slowest&status=timeout&minMs=200&maxMs=800')).toEqual({
		order: 'slowest',
		status: 'timeout',
		minMs: '200',
		maxMs: '800',
	});
	expect(read('order=upwards&status=lost')).toEqual({
		order: 'latest',
		status: 'all',
		minMs: '',
		maxMs: '',
	});
});

it('asks the API for no more than was chosen', () => {
	expect(filterQuery(read(''))).toEqual({ order: 'latest' });
	expect(filterQuery(read('status=error&maxMs=12.5'))).toEqual({
		order: 'latest',
		status: 'error',
		maxDurationMs: '12.5',
	});
});

it('comes back from the URL that it went into', () => {
	const filter = read('order=dearest&status=ok&minMs=5');
	const search = filterSearch(filter);
	expect(executionFilter((name) => String(search[name] ?? ''))).toEqual(filter);
	expect(filterSearch(read('order=latest&status=all'))).toEqual({
		order: undefined,
		status: undefined,
		minMs: '',
		maxMs: '',
	});
});

import type { Expression } from '@aws-sdk/client-cost-explorer';

import type { BillRow } from '../../bill/rows.ts';
import { invalid } from './refusals.ts';

/** The value of a row in a dimension as Cost Explorer shows it. Throws for one that is not simulated. */
export function dimensionOf(row: BillRow, dimension: string): string {
	switch (dimension) {
		case 'SERVICE':
			return row.service;
		case 'USAGE_TYPE':
			return row.usageType ?? 'NoUsageType';
		case 'LINKED_ACCOUNT':
			return row.accountId;
		case 'REGION':
			return row.region ?? 'NoRegion';
		case 'RECORD_TYPE':
			return row.recordType;
		case 'OPERATION':
			return row.operation ?? 'NoOperation';
		default:
			throw invalid(`Unsupported dimension: ${dimension}`);
	}
}

/** A test for rows from a filter expression. */
export function rowTest(expression: Expression | undefined): (row: BillRow) => boolean {
	if (expression === undefined) return () => true;
	const { And: and, Or: or, Not: not, Dimensions: dimensions } = expression;
	const parts = [and, or, not, dimensions].filter((part) => part !== undefined);
	if (parts.length !== 1) {
		throw invalid(
			'Expression must have exactly one root: And, Or, Not or Dimensions (tags and cost categories are not simulated)',
		);
	}
	if (and !== undefined) {
		const tests = and.map(rowTest);
		return (row) => tests.every((test) => test(row));
	}
	if (or !== undefined) {
		const tests = or.map(rowTest);
		return (row) => tests.some((test) => test(row));
	}
	if (not !== undefined) {
		const test = rowTest(not);
		return (row) => !test(row);
	}
	return dimensionTest(dimensions ?? {});
}

function dimensionTest(asked: NonNullable<Expression['Dimensions']>): (row: BillRow) => boolean {
	const { Key: key = '', Values: values = [], MatchOptions: options = ['EQUALS'] } = asked;
	if (values.length === 0) throw invalid(`Values of dimension ${key} must not be empty`);
	const wanted = new Set(values);
	if (options.includes('STARTS_WITH')) {
		return (row) => values.some((value) => dimensionOf(row, key).startsWith(value));
	}
	return (row) => wanted.has(dimensionOf(row, key));
}

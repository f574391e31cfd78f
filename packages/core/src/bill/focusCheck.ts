import type { FieldProblem } from '../errors.ts';
import { focusColumns } from './focusColumns.ts';
import type { FocusCells, FocusColumn, FocusColumnName } from './focusColumns.ts';

/**
 * What a row breaks of FOCUS 1.2: a value of the wrong type, a null where none may be, a value outside
 * the allowed ones, or one of the rules that tie columns together. Empty when it keeps them all.
 */
export function focusProblems(cells: FocusCells): FieldProblem[] {
	const problems = focusColumns.flatMap((column) => {
		const message = columnProblem(column, cells[column.name]);
		return message === null ? [] : [problem(column.name, message, cells[column.name])];
	});
	for (const rule of rules) {
		const message = rule.broken(cells);
		if (message !== null) problems.push(problem(rule.column, message, cells[rule.column]));
	}
	return problems;
}

function problem(path: string, message: string, received: string | null): FieldProblem {
	return received === null ? { path, message } : { path, message, received: received.slice(0, 60) };
}

// Numeric Format, Date/Time Format, Key-Value Format and Null Handling of FOCUS 1.2.
const decimal = /^-?\d+(?:\.\d+)?$/;
const datetime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function columnProblem(column: FocusColumn, value: string | null | undefined): string | null {
	if (value === undefined) return 'expected the column to be there';
	if (value === null) return column.nullable ? null : 'expected a value';
	if (value === '' || value === 'NULL') return 'expected null, not a placeholder';
	if (column.type === 'decimal' && !decimal.test(value)) return 'expected a decimal number';
	if (column.type === 'datetime' && !datetime.test(value)) return 'expected a UTC time in ISO 8601';
	if (column.type === 'json' && !isFlatObject(value))
		return 'expected a JSON object of plain values';
	if (column.values !== undefined && !column.values.includes(value)) {
		return `expected one of ${column.values.join(', ')}`;
	}
	return null;
}

function isFlatObject(text: string): boolean {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
		return Object.values(value).every((inner) => typeof inner !== 'object' || inner === null);
	} catch {
		return false;
	}
}

interface Rule {
	readonly column: FocusColumnName;
	/** What is wrong, or `null`. */
	broken(cells: FocusCells): string | null;
}

const consumedOrBought = (cells: FocusCells): boolean =>
	(cells.ChargeCategory === 'Usage' || cells.ChargeCategory === 'Purchase') &&
	cells.ChargeClass !== 'Correction';

function nullTogether(column: FocusColumnName, other: FocusColumnName): Rule {
	return {
		column,
		broken: (cells) =>
			(cells[column] === null) === (cells[other] === null)
				? null
				: `expected null exactly when ${other} is`,
	};
}

function nullFor(column: FocusColumnName, category: string): Rule {
	return {
		column,
		broken: (cells) =>
			cells.ChargeCategory === category && cells[column] !== null
				? `expected null for ${category}`
				: null,
	};
}

const rules: readonly Rule[] = [
	nullTogether('PricingUnit', 'PricingQuantity'),
	nullTogether('ConsumedUnit', 'ConsumedQuantity'),
	nullTogether('CommitmentDiscountCategory', 'CommitmentDiscountId'),
	nullTogether('CommitmentDiscountType', 'CommitmentDiscountId'),
	nullTogether('ResourceType', 'ResourceId'),
	nullTogether('SubAccountType', 'SubAccountId'),
	nullFor('PricingQuantity', 'Tax'),
	nullFor('PricingCategory', 'Tax'),
	nullFor('ListUnitPrice', 'Tax'),
	nullFor('SkuId', 'Tax'),
	nullFor('SkuPriceId', 'Tax'),
	{
		column: 'PricingCategory',
		broken: (cells) =>
			consumedOrBought(cells) && cells.PricingCategory === null ? 'expected a value' : null,
	},
	{
		column: 'ConsumedQuantity',
		broken: (cells) =>
			cells.ChargeCategory !== 'Usage' && cells.ConsumedQuantity !== null
				? 'expected null where nothing was consumed'
				: null,
	},
	{
		column: 'CommitmentDiscountStatus',
		broken: (cells) =>
			cells.ChargeCategory === 'Usage' &&
			(cells.CommitmentDiscountId === null) !== (cells.CommitmentDiscountStatus === null)
				? 'expected a status exactly when a commitment is named'
				: null,
	},
	{
		column: 'SkuMeter',
		broken: (cells) =>
			cells.SkuId === null && cells.SkuMeter !== null ? 'expected null without a SkuId' : null,
	},
	{
		column: 'ChargeFrequency',
		broken: (cells) =>
			cells.ChargeCategory === 'Purchase' && cells.ChargeFrequency === 'Usage-Based'
				? 'expected another frequency for a purchase'
				: null,
	},
	{
		column: 'ChargePeriodEnd',
		broken: (cells) =>
			(cells.ChargePeriodEnd ?? '') < (cells.ChargePeriodStart ?? '')
				? 'expected the end after the start'
				: null,
	},
];

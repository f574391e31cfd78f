import { parseDecimal } from '@lamplight/core/bill/decimal';
import { estimateRow } from '@lamplight/core/bill/focusEstimate';
import { focusRecord } from '@lamplight/core/bill/focusExport';
import { invalidField } from '@lamplight/core/errors';
import { type FunctionId, functionParts } from '@lamplight/core/ids';
import { parseMoney } from '@lamplight/core/money';
import { type Component, componentInfo } from '@lamplight/pricing/components';

import type { CostBasis } from '../contract/shared.ts';
import type { BreakdownView, Wanted } from '../cost/breakdown.ts';
import { type CostDay, dayStart, type DayUse, usesOn } from '../cost/days.ts';
import { componentLabels, type ComponentCost, componentPricedAs } from '../cost/functionCost.ts';
import { priceBook } from '../cost/prices.ts';
import { csvRecord } from '../http/csv.ts';

/** Throws `invalid_input` for a basis that is not the list price: the bill itself is FOCUS. */
export function requireListBasis(basis: CostBasis | undefined): void {
	if (basis === undefined || basis === 'list') return;
	throw invalidField('query.basis', 'expected list; the bill itself is FOCUS', basis);
}

/**
 * What was used on a day and would cost at list price, as records in FOCUS columns. Nobody invoiced
 * it, so BilledCost is 0 in every row: beside a provider's own file it counts nothing twice.
 */
export function focusDayRecords(
	costs: CostDay,
	{ view, wanted }: { readonly view: BreakdownView; readonly wanted: Wanted },
): string[] {
	const { day, functions } = costs;
	const book = priceBook(dayStart(day));
	const chosen = new Set(functions.filter((_, place) => wanted(place)).map(({ id }) => id));
	return usesOn(costs).flatMap((use) =>
		use.parts.flatMap((part) => {
			if (part.cost === null || !chosen.has(use.functionId)) return [];
			return [csvRecord(focusRecord(focusRow({ day, use, part, book, view })))];
		}),
	);
}

interface FocusInput {
	readonly day: string;
	readonly use: DayUse;
	readonly part: ComponentCost;
	readonly book: ReturnType<typeof priceBook>;
	readonly view: BreakdownView;
}

function focusRow({ day, use, part, book, view }: FocusInput) {
	const id: FunctionId = use.functionId;
	const { accountId, region, name } = functionParts(id);
	const fn = view.byId.get(id);
	const component: Component = componentPricedAs(part.component, {
		logClass: fn?.logClass ?? null,
		provisionedConcurrencyTotal: fn?.provisionedConcurrencyTotal ?? 0,
	});
	const price = book.unit(component, region, fn?.architecture ?? null);
	const cost = part.cost ?? parseMoney('0');
	return estimateRow({
		day,
		payerAccountId: accountId,
		accountId,
		accountName: view.names.get(accountId) ?? null,
		region,
		service: part.component.startsWith('log') ? 'logs' : 'lambda',
		resourceArn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
		app: fn?.app?.name ?? null,
		owner: fn?.owner ?? null,
		costCenter: null,
		tags: fn?.tags ?? {},
		provenance: part.provenance === 'measured' ? 'measured' : 'estimated',
		meter: component,
		description: componentLabels[part.component],
		quantity: parseDecimal(part.quantity.toString()),
		unit: componentInfo[component].baseUnit,
		unitPrice: price.perBaseUnit ?? cost,
		listCost: cost,
		effectiveCost: cost,
	});
}

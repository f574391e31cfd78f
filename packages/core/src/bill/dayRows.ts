import { add, toExactString } from '../money.ts';
import type { Money } from '../money.ts';
import type { BillDayRow, BillStatement } from './day.ts';
import { addDecimals, decimalText } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { costFields } from './line.ts';
import type { BillLine, CostField } from './line.ts';

/** What lines of one row have in common; the lines themselves would fill the memory. */
type Head = Pick<
	BillDayRow,
	| 'day'
	| 'accountId'
	| 'region'
	| 'service'
	| 'serviceName'
	| 'usageType'
	| 'operation'
	| 'kind'
	| 'resourceId'
	| 'unit'
	| 'currency'
>;

interface Running {
	readonly head: Head;
	readonly costs: Record<CostField, Money | null>;
	/** `false` once a line of the row does not say: then neither does the row. */
	readonly said: Record<CostField, boolean>;
	quantity: Decimal | null;
	quantitySaid: boolean;
}

/** Sums lines to days while they are read. One per month and billing source. */
export interface DayRows {
	take(line: BillLine): void;
	/** Sums by day, account, region, service, usage type, operation, kind and resource. */
	rows(): BillDayRow[];
	/** Whether every line has an invoice id; false without lines. */
	readonly final: boolean;
	readonly invoiceIds: readonly string[];
	/** Lines of Lambda and logs that were summed; those of other services are not ours to keep. */
	readonly lines: number;
	/** Lines summed without their resource, because there were `maxRows` already. */
	readonly withoutResource: number;
}

/**
 * Empty sums. A cost that one line of a row does not state is `null` in the row: never a part of it.
 * From `maxRows` on, lines that would make a further row are summed without their resource: what an
 * account costs stays exact, and memory stays bounded.
 */
export function newDayRows(options: { readonly maxRows?: number } = {}): DayRows {
	const { maxRows = Number.POSITIVE_INFINITY } = options;
	const sums = new Map<string, Running>();
	const invoices = new Set<string>();
	let lines = 0;
	let open = 0;
	let withoutResource = 0;
	const rowFor = (line: BillLine, head: Head) => {
		const key = keyOf(head);
		const running = sums.get(key);
		if (running === undefined) sums.set(key, begin(line, head));
		else addLine(running, line);
	};
	return {
		take(line) {
			if (line.service === 'other') return;
			lines += 1;
			if (line.invoiceId === null) open += 1;
			else invoices.add(line.invoiceId);
			const head = headOf(line);
			const isFull = sums.size >= maxRows && head.resourceId !== null && !sums.has(keyOf(head));
			if (isFull) withoutResource += 1;
			rowFor(line, isFull ? { ...head, resourceId: null } : head);
		},
		rows: () =>
			[...sums].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => rowOf(each)),
		get final() {
			return lines > 0 && open === 0;
		},
		get invoiceIds() {
			return [...invoices].sort();
		},
		get lines() {
			return lines;
		},
		get withoutResource() {
			return withoutResource;
		},
	};
}

/** Sums lines to days, month by month, while a file is read. */
export interface MonthRows {
	take(line: BillLine): void;
	/** One for each month that a line was of; a month's rows are made when it is its turn. */
	statements(of: Pick<BillStatement, 'billingSourceId' | 'readMs'>): Iterable<BillStatement>;
	/** Lines summed without their resource; see `DayRows`. */
	withoutResource(): number;
}

/** Empty sums; `maxRows` is of each month. */
export function newMonthRows(options: { readonly maxRows?: number } = {}): MonthRows {
	const months = new Map<string, DayRows>();
	return {
		take(line) {
			const rows = months.get(line.billingMonth) ?? newDayRows(options);
			months.set(line.billingMonth, rows);
			rows.take(line);
		},
		*statements(of) {
			for (const [month, rows] of months) {
				const { final, invoiceIds } = rows;
				yield { ...of, month, final, invoiceIds, rows: rows.rows() };
			}
		},
		withoutResource: () =>
			[...months.values()].reduce((sum, rows) => sum + rows.withoutResource, 0),
	};
}

function headOf(line: BillLine): Head {
	return {
		day: line.day,
		accountId: line.usageAccountId,
		region: line.region,
		service: line.service,
		serviceName: line.serviceName,
		usageType: meterOf(line),
		operation: line.operation,
		kind: line.kind,
		resourceId: line.resourceId,
		unit: line.unit,
		currency: line.currency,
	};
}

function keyOf(head: Head): string {
	return JSON.stringify(Object.values(head));
}

/** FOCUS 1.0 has no usage type: what the line's wording told stands in its place. */
function meterOf(line: BillLine): string | null {
	return line.usageType ?? line.meaning?.component ?? null;
}

function begin(line: BillLine, head: Head): Running {
	const said = Object.fromEntries(costFields.map((field) => [field, line.costs[field] !== null]));
	return {
		head,
		costs: { ...line.costs },
		said: said as Record<CostField, boolean>,
		quantity: line.quantity,
		quantitySaid: line.quantity !== null,
	};
}

function addLine(running: Running, line: BillLine): void {
	for (const field of costFields) {
		const [before, amount] = [running.costs[field], line.costs[field]];
		if (before === null || amount === null) running.said[field] = false;
		else running.costs[field] = add(before, amount);
	}
	if (running.quantity === null || line.quantity === null) running.quantitySaid = false;
	else running.quantity = addDecimals(running.quantity, line.quantity);
}

function rowOf({ head, costs, said, quantity, quantitySaid }: Running): BillDayRow {
	const text = (field: CostField): string | null => {
		const amount = costs[field];
		return said[field] && amount !== null ? toExactString(amount) : null;
	};
	return {
		...head,
		quantity: quantitySaid && quantity !== null ? decimalText(quantity) : null,
		costs: {
			list: text('list'),
			unblended: text('unblended'),
			netUnblended: text('netUnblended'),
			amortized: text('amortized'),
			netAmortized: text('netAmortized'),
			contracted: text('contracted'),
		},
	};
}

import type { Execution } from '@lamplight/core/execution/execution';
import { functionParts } from '@lamplight/core/ids';
import { add, divide, type Money } from '@lamplight/core/money';
import { plural } from '@lamplight/core/plural';
import { freeEphemeralStorageMib } from '@lamplight/pricing/execution';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { CostProvenance } from '../contract/shared.ts';
import { priceBook, priced, type UnitPrice } from './prices.ts';

/** One line of what an execution cost. */
export interface ExecutionCostLine {
	readonly component:
		'init' | 'run' | 'rounding' | 'request' | 'ephemeralStorage' | 'logIngestion' | 'logStorage';
	readonly label: string;
	readonly quantity: string;
	readonly unit: string;
	readonly rate: string | null;
	readonly rateUnit: string | null;
	readonly rateSource: string | null;
	/** `null` when it has no known rate, or the record does not say the quantity. */
	readonly cost: Money | null;
	readonly provenance: CostProvenance;
}

export interface ExecutionCost {
	readonly lines: readonly ExecutionCostLine[];
	/** The lines' exact sum; `null` when none could be priced. */
	readonly total: Money | null;
}

/** How much log text an execution wrote, where it was read. */
export interface ExecutionLogs {
	readonly lines: number;
	readonly bytes: number;
	readonly retentionDays: number | null;
}

// Bytes that CloudWatch Logs bills beside each event's own text; @aws-sdk/client-cloudwatch-logs 3.1169.0, PutLogEvents.
const bytesPerEvent = 26;
// Stored logs are compressed to about 0.15 of what was taken in (CloudWatch pricing page, example 3, 2026-09).
const storedPerMille = 150n;
const defaultStorageDays = 30;

/**
 * What one execution costs at list price, line by line. AWS bills init and run together, rounded up
 * to a whole millisecond: the lines show their parts, and what rounding added.
 */
export function executionPrice(
	fn: DirectoryFunction,
	execution: Pick<Execution, 'startMs' | 'durationUs' | 'billedMs' | 'memoryMib' | 'initUs'>,
	logs: ExecutionLogs | null = null,
): ExecutionCost {
	const { region } = functionParts(fn.id);
	const book = priceBook(execution.startMs);
	const provisioned = fn.provisionedConcurrencyTotal > 0;
	const compute = book.unit(
		provisioned ? 'provisioned-duration' : 'duration',
		region,
		fn.architecture,
	);
	const lines = [
		...computeLines(execution, compute),
		...storageLines(
			fn,
			execution.billedMs,
			book.unit('ephemeral-storage', region, fn.architecture),
		),
		requestLine(book.unit('requests', region, fn.architecture)),
		...(logs === null
			? []
			: logLines(logs, {
					taken: book.unit(
						fn.logClass === 'INFREQUENT_ACCESS'
							? 'log-ingestion-infrequent'
							: 'log-ingestion-standard',
						region,
						null,
					),
					stored: book.unit('log-storage', region, null),
				})),
	];
	let total: Money | null = null;
	for (const { cost } of lines) {
		if (cost !== null) total = total === null ? cost : add(total, cost);
	}
	return { lines, total };
}

function line(
	of: Pick<ExecutionCostLine, 'component' | 'label' | 'quantity' | 'unit' | 'provenance'>,
	price: UnitPrice,
	cost: Money | null,
): ExecutionCostLine {
	return { ...of, rate: price.rate, rateUnit: price.unit, rateSource: price.source, cost };
}

type Timed = Pick<Execution, 'durationUs' | 'billedMs' | 'memoryMib' | 'initUs'>;

function computeLines(
	{ durationUs, billedMs, memoryMib, initUs }: Timed,
	price: UnitPrice,
): ExecutionCostLine[] {
	const label = 'Run';
	if (billedMs === null || memoryMib === null) {
		const quantity = String(durationUs / 1_000);
		return [
			line({ component: 'run', label, quantity, unit: 'ms', provenance: 'measured' }, price, null),
		];
	}
	const billedUs = billedMs * 1_000;
	// Init is billed since 2025-08-01 (AWS compute blog, 2025-04-29); before, the billed time is too
	// short to hold it.
	const init = initUs !== null && billedUs >= durationUs + initUs ? initUs : 0;
	const run = Math.min(durationUs, billedUs - init);
	const rest = billedUs - init - run;
	const cost = (us: number) => {
		const each = priced(price, BigInt(us) * BigInt(memoryMib));
		return each === null ? null : divide(each, 1_000);
	};
	const part = (component: 'init' | 'run' | 'rounding', name: string, us: number) =>
		line(
			{
				component,
				label: name,
				quantity: `${us / 1_000} ms × ${memoryMib} MiB`,
				unit: '',
				provenance: 'measured',
			},
			price,
			cost(us),
		);
	return [
		...(init > 0 ? [part('init', 'Init', init)] : []),
		part('run', label, run),
		...(rest > 0 ? [part('rounding', 'Rounding up to 1 ms', rest)] : []),
	];
}

function storageLines(
	fn: DirectoryFunction,
	billedMs: number | null,
	price: UnitPrice,
): ExecutionCostLine[] {
	const overMib = fn.ephemeralStorageMib - freeEphemeralStorageMib;
	if (overMib <= 0 || billedMs === null) return [];
	return [
		line(
			{
				component: 'ephemeralStorage',
				label: 'Ephemeral storage',
				quantity: `${billedMs} ms × ${overMib} MiB`,
				unit: '',
				provenance: 'measured',
			},
			price,
			priced(price, BigInt(overMib) * BigInt(billedMs)),
		),
	];
}

function requestLine(price: UnitPrice): ExecutionCostLine {
	return line(
		{
			component: 'request',
			label: 'Request',
			quantity: '1',
			unit: 'request',
			provenance: 'measured',
		},
		price,
		priced(price, 1n),
	);
}

function logLines(
	logs: ExecutionLogs,
	{ taken, stored }: { readonly taken: UnitPrice; readonly stored: UnitPrice },
): ExecutionCostLine[] {
	const bytes = logs.bytes + logs.lines * bytesPerEvent;
	const days = logs.retentionDays ?? defaultStorageDays;
	const held = priced(stored, (BigInt(bytes) * storedPerMille * BigInt(days * 24)) / 1_000n);
	return [
		line(
			{
				component: 'logIngestion',
				label: 'Log lines taken in',
				quantity: `${plural(logs.lines, 'line')}, ${bytes} B`,
				unit: '',
				provenance: 'estimated',
			},
			taken,
			priced(taken, BigInt(bytes)),
		),
		line(
			{
				component: 'logStorage',
				label: `Log storage, ${plural(days, 'day')}`,
				quantity: `${bytes} B at 0.15 compressed`,
				unit: '',
				provenance: 'estimated',
			},
			stored,
			held,
		),
	];
}

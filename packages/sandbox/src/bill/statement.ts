import type { LivingWorld } from '../world/create.ts';
import { billedUntil, isEstimated, monthStart, nextMonth, restatedAt, slotMs } from './calendar.ts';
import { ledgerOf } from './ledger.ts';
import { atto, type Atto } from './money.ts';
import { Rating } from './rating.ts';
import type { BillRow } from './rows.ts';
import { linesOf, type SlotUsage } from './usage.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface Kept {
	readonly key: string;
	readonly rows: Promise<readonly BillRow[]>;
}

const kept = new WeakMap<LivingWorld, Map<number, Kept>>();

/** The rows of a month as the bill shows them at `nowMs`. */
export function monthRows(
	world: LivingWorld,
	monthMs: number,
	nowMs: number,
): Promise<readonly BillRow[]> {
	const version = versionAt(world, monthMs, nowMs);
	const key = `${version.untilMs}/${version.isRestated}`;
	const months = kept.get(world) ?? new Map<number, Kept>();
	kept.set(world, months);
	const known = months.get(monthMs);
	if (known?.key === key) return known.rows;
	const rows = rateMonth(world, version).then(({ slots, others }) => [
		...slots.flatMap((slot) => slot.rows),
		...others,
	]);
	months.set(monthMs, { key, rows });
	return rows;
}

/**
 * Begins to add up the current month and the one before, so that the first question about cost is
 * answered at once. It takes some twenty seconds of a thread, and nobody waits for it meanwhile.
 */
export async function prepareBill(world: LivingWorld, nowMs: number): Promise<void> {
	ledgerOf(world).useThread();
	const current = monthStart(nowMs);
	await Promise.all([
		monthRows(world, current, nowMs),
		monthRows(world, monthStart(current - 1), nowMs),
	]);
}

/** A month as the bill shows it at some time: up to when usage is in it, and what AWS has done to it. */
export interface MonthVersion {
	readonly monthMs: number;
	readonly untilMs: number;
	/** AWS has closed it and issued the invoice. */
	readonly isFinal: boolean;
	readonly isRestated: boolean;
}

/** What the bill shows of a month at `nowMs`. */
export function versionAt(world: LivingWorld, monthMs: number, nowMs: number): MonthVersion {
	return {
		monthMs,
		untilMs: Math.min(nextMonth(monthMs), billedUntil(world.options.seed, nowMs)),
		isFinal: !isEstimated(monthMs, nowMs),
		isRestated: nowMs >= restatedAt(monthMs),
	};
}

/** A month's charges: slot by slot with the usage that they charge for, then everything else. */
export interface RatedMonth {
	readonly slots: readonly { readonly usage: SlotUsage; readonly rows: readonly BillRow[] }[];
	readonly others: readonly BillRow[];
}

/** Prices a month in the order of time. */
export async function rateMonth(world: LivingWorld, version: MonthVersion): Promise<RatedMonth> {
	const ledger = ledgerOf(world);
	const payerId = world.organization.managementAccountId;
	const rating = new Rating(payerId);
	const fromMs = Math.max(version.monthMs, world.options.beginsMs);
	const slots: number[] = [];
	for (let slot = Math.floor(fromMs / slotMs); slot * slotMs < version.untilMs; slot++) {
		slots.push(slot);
	}
	// All are asked for at once; they are priced in the order of time.
	const used = await Promise.all(slots.map((slot) => ledger.slot(slot)));
	const rated = used.map((usage, index) => {
		const day = Math.floor(((slots[index] ?? 0) * slotMs) / dayMs) * dayMs;
		return { usage, rows: rating.slot(day, linesOf(world, usage), slotMs / hourMs) };
	});
	const rows = rated.flatMap((slot) => slot.rows);
	if (rows.length === 0) return { slots: rated, others: [] };
	const others = creditRows(world, version);
	if (version.isRestated) {
		others.push(...restatement(world, version.monthMs, [...rows, ...others]));
	}
	others.push(...taxRows(version.monthMs, [...rows, ...others]));
	return { slots: rated, others };
}

/** A promotional credit for the data account, on the 5th. */
function creditRows(world: LivingWorld, facts: { monthMs: number; untilMs: number }): BillRow[] {
	const dayOfCredit = facts.monthMs + 4 * dayMs;
	const account = world.accounts.find(({ name }) => name === 'data-production');
	if (account === undefined || facts.untilMs <= dayOfCredit) return [];
	return [
		flat({
			dayMs: dayOfCredit,
			accountId: account.id,
			recordType: 'Credit',
			amount: atto('-2.50'),
		}),
	];
}

/** Part of what the shop's Lambda cost in a month is refunded after it was closed. */
function restatement(world: LivingWorld, monthMs: number, rows: readonly BillRow[]): BillRow[] {
	const account = world.accounts.find(({ name }) => name === 'shop-production');
	if (account === undefined) return [];
	const compute = rows.filter(
		(row) => row.accountId === account.id && row.service === 'AWS Lambda',
	);
	const amount = -(sum(compute) * 3n) / 100n;
	const lastDay = nextMonth(monthMs) - dayMs;
	return amount === 0n
		? []
		: [flat({ dayMs: lastDay, accountId: account.id, recordType: 'Refund', amount })];
}

/** Value added tax, dated on the first of the month, by account. */
function taxRows(monthMs: number, rows: readonly BillRow[]): BillRow[] {
	const byAccount = new Map<string, Atto>();
	for (const row of rows) {
		byAccount.set(row.accountId, (byAccount.get(row.accountId) ?? 0n) + row.unblended);
	}
	return [...byAccount]
		.filter(([, base]) => base > 0n)
		.map(([accountId, base]) => ({
			...flat({ dayMs: monthMs, accountId, recordType: 'Tax', amount: (base * 21n) / 100n }),
			service: 'Tax',
			usageType: null,
			operation: null,
		}));
}

function flat(facts: {
	dayMs: number;
	accountId: string;
	recordType: BillRow['recordType'];
	amount: Atto;
}): BillRow {
	return {
		dayMs: facts.dayMs,
		accountId: facts.accountId,
		region: null,
		service: 'AWS Lambda',
		usageType: 'Lambda-GB-Second',
		operation: 'Invoke',
		recordType: facts.recordType,
		quantity: 0n,
		perUnit: 1n,
		unit: null,
		unblended: facts.amount,
		amortized: facts.amount,
		line: null,
	};
}

function sum(rows: readonly BillRow[]): Atto {
	return rows.reduce((total, row) => total + row.unblended, 0n);
}

import type { LivingWorld } from '../world/create.ts';
import { billedUntil, monthStart, nextMonth, restatedAt, slotMs } from './calendar.ts';
import { ledgerOf } from './ledger.ts';
import { atto, type Atto } from './money.ts';
import { Rating } from './rating.ts';
import type { BillRow } from './rows.ts';

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
	const untilMs = Math.min(nextMonth(monthMs), billedUntil(world.options.seed, nowMs));
	const isRestated = nowMs >= restatedAt(monthMs);
	const key = `${untilMs}/${isRestated}`;
	const months = kept.get(world) ?? new Map<number, Kept>();
	kept.set(world, months);
	const known = months.get(monthMs);
	if (known?.key === key) return known.rows;
	const rows = computeMonth(world, { monthMs, untilMs, isRestated });
	months.set(monthMs, { key, rows });
	return rows;
}

/**
 * Begins to add up the current month and the one before, so that the first question about cost is
 * answered at once. A large world takes some twenty seconds of a thread for it.
 */
export async function prepareBill(world: LivingWorld, nowMs: number): Promise<void> {
	const current = monthStart(nowMs);
	await Promise.all([
		monthRows(world, current, nowMs),
		monthRows(world, monthStart(current - 1), nowMs),
	]);
}

async function computeMonth(
	world: LivingWorld,
	facts: { monthMs: number; untilMs: number; isRestated: boolean },
): Promise<readonly BillRow[]> {
	const ledger = ledgerOf(world);
	const payerId = world.organization.managementAccountId;
	const rating = new Rating(payerId);
	const rows: BillRow[] = [];
	const fromMs = Math.max(facts.monthMs, world.options.beginsMs);
	const slots: number[] = [];
	for (let slot = Math.floor(fromMs / slotMs); slot * slotMs < facts.untilMs; slot++) {
		slots.push(slot);
	}
	// All are asked for at once; they are priced in the order of time.
	const usage = await Promise.all(slots.map((slot) => ledger.slot(slot)));
	slots.forEach((slot, index) => {
		const day = Math.floor((slot * slotMs) / dayMs) * dayMs;
		rows.push(...rating.slot(day, usage[index] ?? [], slotMs / hourMs));
	});
	if (rows.length === 0) return rows;
	rows.push(...creditRows(world, facts));
	if (facts.isRestated) rows.push(...restatement(world, facts.monthMs, rows));
	return [...rows, ...taxRows(facts.monthMs, rows)];
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
	};
}

function sum(rows: readonly BillRow[]): Atto {
	return rows.reduce((total, row) => total + row.unblended, 0n);
}

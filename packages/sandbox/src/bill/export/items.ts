import { loggingOf } from '../../world/configuration.ts';
import type { LivingWorld } from '../../world/create.ts';
import { kinds, type UsageKind } from '../kinds.ts';
import { type Atto, spread } from '../money.ts';
import type { BillRow } from '../rows.ts';
import { type MonthVersion, rateMonth } from '../statement.ts';
import { lineHead, lineKey, partsOf, type SlotUsage, type UsagePart } from '../usage.ts';

/** A line of the bill as an export has it: of one day, and of one resource where AWS names it. */
export interface BillItem extends Omit<BillRow, 'line'> {
	/** `null` for charges that belong to no function or log group. */
	readonly resourceArn: string | null;
	/** At the public price; `null` for what has none, such as a fee or tax. */
	readonly list: Atto | null;
	/** Dollars for one whole unit at the public price; `null` as above. */
	readonly rate: Atto | null;
}

/**
 * The lines of a month with resources: every charge of the account's bill spread over the functions
 * and log groups whose usage it charges for, so that they sum to it to the last digit.
 */
export async function monthItems(world: LivingWorld, version: MonthVersion): Promise<BillItem[]> {
	const { slots, others } = await rateMonth(world, version);
	const sums = new Sums();
	for (const { usage, rows } of slots) addSlot(sums, world, usage, rows);
	for (const item of apart(others, sums.values())) sums.add(item);
	return sums.values();
}

function addSlot(sums: Sums, world: LivingWorld, usage: SlotUsage, rows: readonly BillRow[]): void {
	const lines = new Map<string, UsagePart[]>();
	for (const part of partsOf(world, usage)) {
		const key = lineKey(lineHead(part));
		const parts = lines.get(key);
		if (parts === undefined) lines.set(key, [part]);
		else parts.push(part);
	}
	const left = new Map<string, bigint[]>();
	for (const row of rows) {
		const parts = lines.get(row.line ?? '');
		// A negation takes a discount back as a whole; a fee belongs to nobody's usage.
		if (row.line === null || row.quantity === 0n || parts === undefined) {
			sums.add({ ...row, resourceArn: null, list: null, rate: null });
			continue;
		}
		const weights = left.get(row.line) ?? parts.map(({ quantity }) => BigInt(quantity));
		const taken = spread(row.quantity, weights);
		left.set(
			row.line,
			weights.map((weight, at) => weight - (taken[at] ?? 0n)),
		);
		addParts(sums, row, parts, taken);
	}
}

function addParts(
	sums: Sums,
	row: BillRow,
	parts: readonly UsagePart[],
	taken: readonly bigint[],
): void {
	const unblended = spread(row.unblended, taken);
	const amortized = spread(row.amortized, taken);
	parts.forEach(({ member, kind }, at) => {
		const quantity = taken[at] ?? 0n;
		if (quantity === 0n) return;
		const rate = kinds[kind].tiers(member.region)[0]?.price ?? 0n;
		sums.add({
			...row,
			resourceArn: isLogs(kind)
				? `arn:aws:logs:${member.region}:${member.accountId}:log-group:${loggingOf(member).logGroup}`
				: member.arn,
			quantity,
			unblended: unblended[at] ?? 0n,
			amortized: amortized[at] ?? 0n,
			list: (quantity * rate) / row.perUnit,
			rate,
		});
	});
}

function isLogs(kind: UsageKind): boolean {
	return kind.startsWith('log-');
}

/** Credits, refunds and tax; a tax is printed by the service that it taxes. */
function apart(rows: readonly BillRow[], charges: readonly BillItem[]): BillItem[] {
	return rows.flatMap((row): BillItem[] => {
		const item = { ...row, resourceArn: null, list: null, rate: null };
		if (row.recordType !== 'Tax') return [item];
		const taxed = new Map<string, Atto>();
		for (const charge of charges) {
			if (charge.accountId !== row.accountId) continue;
			taxed.set(charge.service, (taxed.get(charge.service) ?? 0n) + charge.unblended);
		}
		const services = [...taxed].filter(([, amount]) => amount > 0n);
		const amounts = spread(
			row.unblended,
			services.map(([, amount]) => amount),
		);
		return services.map(([service], at) => {
			const amount = amounts[at] ?? 0n;
			return { ...item, service, unblended: amount, amortized: amount };
		});
	});
}

/** Adds up the slots of a day. */
class Sums {
	readonly #items = new Map<string, { -readonly [K in keyof BillItem]: BillItem[K] }>();

	add(item: BillItem): void {
		const key = [
			item.dayMs,
			item.accountId,
			item.region,
			item.service,
			item.usageType,
			item.recordType,
			item.resourceArn,
		].join(' ');
		const known = this.#items.get(key);
		if (known === undefined) {
			this.#items.set(key, { ...item });
			return;
		}
		known.quantity += item.quantity;
		known.unblended += item.unblended;
		known.amortized += item.amortized;
		if (known.list !== null) known.list += item.list ?? 0n;
	}

	values(): BillItem[] {
		return [...this.#items.values()];
	}
}

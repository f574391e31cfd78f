import { kinds, mibMsPerGbSecond, type Tier } from './kinds.ts';
import { atto, type Atto } from './money.ts';
import type { BillRow } from './rows.ts';
import { lineKey, type UsageLine } from './usage.ts';

// Free each month, for the organisation as a whole: a million requests and 400,000 GB-seconds of Lambda
// (Lambda pricing page, 2026), 100 GB streamed (same), 5 GB of logs (CloudWatch pricing, 2025-10-28).
const freeRequests = 1_000_000n;
const freeMibMs = 400_000n * mibMsPerGbSecond;
const freeStreamedBytes = 100n * 1_073_741_824n;
const freeLogBytes = 5n * 1_073_741_824n;

/** A Compute Savings Plan of one year, nothing upfront: so many dollars an hour. */
const committedPerHour = atto('0.03');
// Rates of such a plan for Lambda duration: us-east-1, price list of 2026-09-19; the other regions'
// duration costs the same on demand, and is taken to cost the same under the plan.
const planRates = { compute: atto('0.0000147'), 'compute-arm': atto('0.0000117') } as const;

/** What is left of the month's allowances, and how far its volume has climbed. */
interface MonthState {
	readonly free: Record<'requests' | 'compute' | 'streaming' | 'logs', bigint>;
	/** Quantities so far by kind and region, for volume tiers. */
	readonly volumes: Map<string, bigint>;
}

/**
 * Prices a month's usage in the order of time. One instance for one month. `plan` is the commitment
 * of the Savings Plan in attodollars an hour; 0n for none.
 */
export class Rating {
	readonly #payerId: string;
	readonly #committedPerHour: Atto;
	readonly #state: MonthState = {
		free: {
			requests: freeRequests,
			compute: freeMibMs,
			streaming: freeStreamedBytes,
			logs: freeLogBytes,
		},
		volumes: new Map(),
	};

	constructor(payerId: string, plan: Atto = committedPerHour) {
		this.#payerId = payerId;
		this.#committedPerHour = plan;
	}

	/** The bill's rows for the usage of one slot of a day. */
	slot(dayMs: number, lines: readonly UsageLine[], hours: number): BillRow[] {
		const rows: BillRow[] = [];
		const committed = this.#committedPerHour * BigInt(hours);
		let commitment = committed;
		for (const line of lines) {
			const charged = this.#takeFree(line);
			const isCovered = (line.kind === 'compute' || line.kind === 'compute-arm') && commitment > 0n;
			if (!isCovered) {
				rows.push(this.#usageRow(dayMs, line, { quantity: BigInt(line.quantity), charged }));
				continue;
			}
			const rate = planRates[line.kind === 'compute-arm' ? 'compute-arm' : 'compute'];
			const covered = coveredBy(commitment, charged, rate);
			const spent = (covered * rate) / mibMsPerGbSecond;
			commitment -= spent;
			rows.push(...this.#planRows(dayMs, line, { covered, spent }));
			const rest = { quantity: BigInt(line.quantity) - covered, charged: charged - covered };
			if (rest.quantity > 0n) rows.push(this.#usageRow(dayMs, line, rest));
		}
		if (committed > 0n) rows.push(this.#feeRow(dayMs, committed, commitment));
		return rows;
	}

	/** What of a line's quantity is charged after the free allowance. */
	#takeFree(line: UsageLine): bigint {
		const quantity = BigInt(line.quantity);
		const { free } = kinds[line.kind];
		if (free === null || !line.isFreeEligible || line.kind === 'log-storage') return quantity;
		const left = this.#state.free[free];
		const taken = quantity < left ? quantity : left;
		this.#state.free[free] = left - taken;
		return quantity - taken;
	}

	#usageRow(
		dayMs: number,
		line: UsageLine,
		amount: { quantity: bigint; charged: bigint },
	): BillRow {
		const cost = this.#climb(line, amount.charged);
		return {
			...headOf(dayMs, line),
			recordType: 'Usage',
			quantity: amount.quantity,
			unblended: cost,
			amortized: cost,
		};
	}

	/** Covered usage shows at its on-demand price, and a negation takes that away again. */
	#planRows(dayMs: number, line: UsageLine, amount: { covered: bigint; spent: Atto }): BillRow[] {
		if (amount.covered === 0n) return [];
		const onDemand = this.#climb(line, amount.covered);
		const head = headOf(dayMs, line);
		return [
			{
				...head,
				recordType: 'SavingsPlanCoveredUsage',
				quantity: amount.covered,
				unblended: onDemand,
				amortized: amount.spent,
			},
			{
				...head,
				recordType: 'SavingsPlanNegation',
				quantity: 0n,
				unblended: -onDemand,
				amortized: 0n,
			},
		];
	}

	/** The commitment is charged whether it is used or not; unused, it is amortized to nobody else. */
	#feeRow(dayMs: number, committed: Atto, unused: Atto): BillRow {
		return {
			dayMs,
			accountId: this.#payerId,
			region: null,
			service: 'Savings Plans for AWS Compute usage',
			usageType: 'ComputeSP:1yrNoUpfront',
			operation: null,
			recordType: 'SavingsPlanRecurringFee',
			quantity: 0n,
			perUnit: 1n,
			unit: null,
			unblended: committed,
			amortized: unused,
			line: null,
		};
	}

	/** The price of a quantity on top of the month's volume so far, tier by tier. */
	#climb(line: UsageLine, quantity: bigint): Atto {
		const facts = kinds[line.kind];
		const key = `${line.kind}/${line.region}`;
		const before = this.#state.volumes.get(key) ?? 0n;
		this.#state.volumes.set(key, before + quantity);
		return costBetween(facts.tiers(line.region), before, before + quantity) / facts.perUnit;
	}
}

function coveredBy(commitment: Atto, charged: bigint, rate: Atto): bigint {
	const most = (commitment * mibMsPerGbSecond) / rate;
	return charged < most ? charged : most;
}

function costBetween(tiers: readonly Tier[], from: bigint, to: bigint): bigint {
	let cost = 0n;
	tiers.forEach((tier, index) => {
		const end = tiers[index + 1]?.above;
		const low = from > tier.above ? from : tier.above;
		const high = end === undefined || to < end ? to : end;
		if (high > low) cost += (high - low) * tier.price;
	});
	return cost;
}

function headOf(dayMs: number, line: UsageLine) {
	const facts = kinds[line.kind];
	return {
		dayMs,
		accountId: line.accountId,
		region: line.region,
		service: facts.service,
		usageType: facts.usageType(line.region),
		operation: facts.operation,
		perUnit: facts.perUnit,
		unit: facts.unit,
		line: lineKey(line),
	};
}

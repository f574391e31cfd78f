/** An exact ratio of whole numbers; `under` is not 0. */
export interface Ratio {
	readonly over: bigint;
	readonly under: bigint;
}

/** over ÷ under; `null` where there is nothing to divide by. */
export function asked(over: bigint, under: bigint): Ratio | null {
	return under === 0n ? null : { over, under };
}

/**
 * Each factor's Shapley value of the change `value(all moved) − value(none moved)`: its mean effect
 * over every order in which factors can be moved. Whole numbers that sum to the change exactly; what
 * division leaves goes to the largest remainders, ties to the earlier factor.
 */
export function shapley(
	factors: number,
	value: (moved: (factor: number) => boolean) => bigint,
): bigint[] {
	const subsets = 2 ** factors;
	const values = Array.from({ length: subsets }, (_, set) =>
		value((factor) => (set & (1 << factor)) !== 0),
	);
	const orders = factorial(factors);
	// By how many factors were moved before.
	const weights = Array.from(
		{ length: factors },
		(_, size) => factorial(size) * factorial(factors - size - 1),
	);
	const weighted = Array.from({ length: factors }, (_, factor) => {
		let all = 0n;
		for (let set = 0; set < subsets; set += 1) {
			if ((set & (1 << factor)) !== 0) continue;
			const weight = weights[bitsOf(set)] ?? 0n;
			all += weight * ((values[set | (1 << factor)] ?? 0n) - (values[set] ?? 0n));
		}
		return all;
	});
	const change = (values[subsets - 1] ?? 0n) - (values[0] ?? 0n);
	return wholeParts(weighted, orders, change);
}

function wholeParts(weighted: readonly bigint[], divisor: bigint, total: bigint): bigint[] {
	const parts = weighted.map((each) => (each - modulo(each, divisor)) / divisor);
	const order = weighted
		.map((each, at) => ({ at, rest: modulo(each, divisor) }))
		.sort((a, b) => (a.rest === b.rest ? a.at - b.at : a.rest > b.rest ? -1 : 1));
	let left = total - parts.reduce((all, part) => all + part, 0n);
	for (const { at } of order) {
		if (left <= 0n) break;
		parts[at] = (parts[at] ?? 0n) + 1n;
		left -= 1n;
	}
	return parts;
}

function modulo(value: bigint, divisor: bigint): bigint {
	const rest = value % divisor;
	return rest < 0n ? rest + divisor : rest;
}

function factorial(of: number): bigint {
	let product = 1n;
	for (let each = 2; each <= of; each += 1) product *= BigInt(each);
	return product;
}

function bitsOf(set: number): number {
	let count = 0;
	for (let rest = set; rest > 0; rest >>= 1) count += rest & 1;
	return count;
}

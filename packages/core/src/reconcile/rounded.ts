import { parseMoney, roundTo, sum } from '../money.ts';
import type { Money } from '../money.ts';

/**
 * The parts at `places` decimals so that they sum to their total at the same precision, by largest
 * remainder, ties to the earlier part. A page then shows a split that adds up as printed.
 */
export function roundedParts(parts: readonly Money[], currency: string, places: number): Money[] {
	const quantum = parseMoney(places === 0 ? '1' : `0.${'0'.repeat(places - 1)}1`, currency).atoms;
	const target = roundTo(sum(parts, currency), places).atoms / quantum;
	const floors = parts.map((part) => floorDivide(part.atoms, quantum));
	let left = target - floors.reduce((all, floor) => all + floor, 0n);
	const order = parts
		.map((part, at) => ({ at, rest: part.atoms - (floors[at] ?? 0n) * quantum }))
		.sort((a, b) => (a.rest === b.rest ? a.at - b.at : a.rest > b.rest ? -1 : 1));
	for (const { at } of order) {
		if (left <= 0n) break;
		floors[at] = (floors[at] ?? 0n) + 1n;
		left -= 1n;
	}
	return floors.map((floor) => ({ currency, atoms: floor * quantum }));
}

function floorDivide(numerator: bigint, denominator: bigint): bigint {
	const quotient = numerator / denominator;
	return numerator % denominator < 0n ? quotient - 1n : quotient;
}

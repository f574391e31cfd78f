import type { Member } from './fleet.ts';
import { cellOf, occurrence } from './grid.ts';
import { mix, pick, unit } from './random.ts';
import type { Deploy, TimeRange } from './world.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** A release: when, and whether the code or the configuration changed. */
export interface Release {
	readonly atMs: number;
	readonly kind: 'code' | 'configuration';
}

const actors = [
	'maya.okafor',
	'jonas.lindqvist',
	'priya.raman',
	'github-actions',
	'github-actions',
];

/** Releases in a range, ascending. A story's release ends within the minute before its effect begins. */
export function releases(member: Member, range: TimeRange): Release[] {
	const found: Release[] = [];
	const { everyDays } = member.blueprint.release;
	const cellMs = everyDays * dayMs;
	for (
		let k = Math.floor(range.fromMs / cellMs) - 1;
		k <= Math.floor(range.toMs / cellMs) && hasOwnReleases(member);
		k++
	) {
		found.push({ atMs: plainRelease(member, k), kind: 'code' });
	}
	for (const part of releasingParts(member)) {
		for (let k = cellOf(part.grid, range.fromMs) - 1; k <= cellOf(part.grid, range.toMs); k++) {
			const span = occurrence(part.grid, k);
			const kind = part.story.release ?? 'code';
			found.push({ atMs: span.fromMs - leadMs(member, k), kind });
			found.push({ atMs: span.toMs - leadMs(member, k + 7), kind });
		}
	}
	return found
		.filter((release) => release.atMs >= range.fromMs && release.atMs < range.toMs)
		.filter((release) => release.atMs > member.createdMs)
		.sort((a, b) => a.atMs - b.atMs);
}

/** How many releases there were up to and at an instant, counted from the function's creation. */
export function releasesUntil(member: Member, atMs: number): number {
	if (atMs < member.createdMs) return 0;
	const countTo = (untilMs: number): number => {
		let count = 0;
		if (hasOwnReleases(member)) {
			const k = Math.floor(untilMs / (member.blueprint.release.everyDays * dayMs));
			count += k + (plainRelease(member, k) <= untilMs ? 1 : 0);
		}
		for (const part of releasingParts(member)) {
			const k = cellOf(part.grid, untilMs);
			const span = occurrence(part.grid, k);
			// The release of the next cell may already be out in the last minute of this one.
			const next = occurrence(part.grid, k + 1);
			count += 2 * k + (span.fromMs - leadMs(member, k) <= untilMs ? 1 : 0);
			count += span.toMs - leadMs(member, k + 7) <= untilMs ? 1 : 0;
			count += next.fromMs - leadMs(member, k + 1) <= untilMs ? 1 : 0;
		}
		return count;
	};
	return countTo(atMs) - countTo(member.createdMs);
}

/** The newest release at or before an instant; `null` when there was none since its creation. */
export function lastRelease(member: Member, atMs: number): Release | null {
	let spanMs = member.blueprint.release.everyDays * 2 * dayMs;
	for (;;) {
		const last = releases(member, { fromMs: atMs - spanMs, toMs: atMs + 1 }).at(-1);
		if (last !== undefined) return last;
		if (atMs - spanMs <= member.createdMs) return null;
		spanMs *= 2;
	}
}

/** A release with its actor and commit, as CloudTrail and a deploy list show it. */
export function deployOf(member: Member, release: Release): Deploy {
	const hash = mix(member.seed, Math.floor(release.atMs / 1000), 0xde);
	const hex = (n: number) => mix(hash, n).toString(16).padStart(8, '0');
	const count = releasesUntil(member, release.atMs);
	return {
		functionId: member.id,
		atMs: release.atMs,
		version: member.blueprint.release.alias === null ? null : String(count),
		kind: release.kind,
		actor: pick(actors, hash),
		eventName:
			release.kind === 'code'
				? 'UpdateFunctionCode20150331v2'
				: 'UpdateFunctionConfiguration20150331v2',
		commit: release.kind === 'code' ? [1, 2, 3, 4, 5].map(hex).join('') : null,
	};
}

function releasingParts(member: Member) {
	return member.parts.filter((part) => part.lead && part.story.release !== null);
}

/** A function of a story with releases has those alone: its before and after stay clean. */
function hasOwnReleases(member: Member): boolean {
	return releasingParts(member).length === 0;
}

/** The k-th ordinary release: once in its cell, in working hours, to the second. */
function plainRelease(member: Member, k: number): number {
	const cellMs = member.blueprint.release.everyDays * dayMs;
	const days = Math.floor(unit(member.seed, k, 0xd1) * member.blueprint.release.everyDays);
	const inDay = 7 * hourMs + unit(member.seed, k, 0xd2) * 10 * hourMs;
	return k * cellMs + days * dayMs + Math.floor(inDay / 1000) * 1000;
}

function leadMs(member: Member, k: number): number {
	return (3 + Math.floor(unit(member.seed, k, 0xd3) * 40)) * 1000;
}

import type { Member } from '../fleet.ts';
import { mix } from '../random.ts';
import { hourAt } from './hour.ts';
import type { Block } from './block.ts';

const hexBytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight hexadecimal digits. */
export function hex8(value: number): string {
	return (
		(hexBytes[(value >>> 24) & 255] ?? '') +
		(hexBytes[(value >>> 16) & 255] ?? '') +
		(hexBytes[(value >>> 8) & 255] ?? '') +
		(hexBytes[value & 255] ?? '')
	);
}

/** The request id of a row: the same for every attempt of one event. */
export function requestId(member: Member, block: Block, row: number): string {
	const hour = hourAt(member, block.startMs) - (block.hoursAgo[row] ?? 0);
	const event = mix(member.seed, hour, block.ordinal[row] ?? 0);
	const a = hex8(mix(event, 1, member.index));
	const b = hex8(mix(event, 2, hour));
	const c = hex8(mix(event, 3, member.seed));
	const d = hex8(mix(event, 4, member.index));
	return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

/** The log stream of a row's environment: `2026/11/23/[$LATEST]` and 32 hexadecimal digits. */
export function logStream(member: Member, block: Block, environment: number): string {
	const found = block.environments[environment];
	if (found === undefined) throw new RangeError(`environment ${environment} is not of this hour`);
	const day = new Date(found.bornMs).toISOString().slice(0, 10).replaceAll('-', '/');
	const version = versionLabel(member, found.version);
	const id = [1, 2, 3, 4].map((n) => hex8(mix(found.seed, n, member.seed))).join('');
	return `${day}/[${version}]${id}`;
}

/** `$LATEST`, or the published version that a count of releases stands for. */
export function versionLabel(member: Member, releases: number): string {
	return member.blueprint.release.alias === null ? '$LATEST' : String(Math.max(1, releases));
}

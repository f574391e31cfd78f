import type { FunctionFacts } from '../inventory/facts.ts';
import { minuteMs, type TimeRange } from '../time.ts';
import { configurationChanges, type DetectedDeploy } from './detect.ts';

/** A deploy from before anybody watched, with who made it where CloudTrail says so. */
export interface PastDeploy extends DetectedDeploy {
	readonly actor: string | null;
	/** Versions that Lambda kept tell what changed; CloudTrail alone tells only that something did. */
	readonly source: 'inventory' | 'cloudtrail';
}

/** A call that changed a function's code or configuration. */
export interface ChangeEvent {
	readonly atMs: number;
	readonly kind: 'code' | 'configuration';
	readonly actor: string | null;
}

/** An event is dated within seconds of the modification that it made. */
export const sameMomentMs = 2 * minuteMs;

/**
 * The deploys of one function in a range of the past, oldest first: what its published versions
 * changed from one to the next, and changes that only CloudTrail knows of. `versions` is every
 * version of the function that Lambda still keeps, `$LATEST` among them.
 */
export function pastDeploys(
	versions: readonly FunctionFacts[],
	events: readonly ChangeEvent[],
	range: TimeRange,
): PastDeploy[] {
	const within = ({ atMs }: { readonly atMs: number }) => atMs >= range.fromMs && atMs < range.toMs;
	const kept = versionDeploys(versions).filter(within);
	const told = new Set<ChangeEvent>();
	const named = kept.map((deploy): PastDeploy => {
		const near = events.filter(({ atMs }) => Math.abs(atMs - deploy.atMs) <= sameMomentMs);
		for (const event of near) told.add(event);
		return { ...deploy, actor: near[0]?.actor ?? null, source: 'inventory' };
	});
	const others = events.filter(within).filter((event) => !told.has(event));
	const unexplained = others.map(({ atMs, kind, actor }): PastDeploy => ({
		atMs,
		kind,
		actor,
		version: null,
		codeSha256: null,
		changes: [],
		source: 'cloudtrail',
	}));
	return [...named, ...unexplained].sort((a, b) => a.atMs - b.atMs);
}

/** What each version changed of the one before; the oldest has nothing to be compared with. */
function versionDeploys(versions: readonly FunctionFacts[]): DetectedDeploy[] {
	const order = ({ version }: FunctionFacts) =>
		version === '$LATEST' ? Number.POSITIVE_INFINITY : Number(version);
	const sorted = [...versions].sort((a, b) => order(a) - order(b));
	return sorted.slice(1).flatMap((after, index) => {
		const before = sorted[index];
		if (before === undefined || after.lastModifiedMs === null) return [];
		const changes = configurationChanges(before, after);
		if (changes.length === 0) return [];
		const isCode = before.codeSha256 !== after.codeSha256;
		return [
			{
				atMs: after.lastModifiedMs,
				kind: isCode ? ('code' as const) : ('configuration' as const),
				version: after.version === '$LATEST' ? null : after.version,
				codeSha256: after.codeSha256,
				changes,
			},
		];
	});
}

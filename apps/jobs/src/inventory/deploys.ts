import { type DeployEvent, lookupDeploys } from '@lamplight/aws/deploys/lookupEvents';
import { detectDeploy } from '@lamplight/core/deploy/detect';
import { sameMomentMs } from '@lamplight/core/deploy/past';
import { LamplightError } from '@lamplight/core/errors';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { Region } from '@lamplight/core/ids';
import type { FunctionDetails } from '@lamplight/core/inventory/facts';
import { floorTo, hourMs, type TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import { keepDeploy } from './keepDeploy.ts';

/** Keeps a deploy for each function that changed, and returns the functions worth writing. */
export async function recordDeploys(
	deps: JobDeps,
	work: Work,
	seen: {
		readonly region: Region;
		readonly known: readonly LambdaFunction[];
		readonly merged: readonly LambdaFunction[];
		readonly detailed: ReadonlyMap<string, FunctionDetails>;
	},
): Promise<LambdaFunction[]> {
	const before = new Map(seen.known.map((fn) => [fn.id, fn]));
	const changed: LambdaFunction[] = [];
	const actors = new Actors(work, seen.region);
	for (const fn of seen.merged) {
		const was = before.get(fn.id);
		if (was === undefined) {
			changed.push(fn);
			continue;
		}
		const deploy = detectDeploy(was, fn);
		if (deploy !== null && !onlyNowDetailed(was, seen.detailed.has(fn.name), deploy.changes)) {
			const actor = await actors.of(fn.name, deploy.atMs);
			const found = { ...deploy, actor, source: 'inventory' as const };
			await keepDeploy(deps, work, { fn, deploy: found, what: String(fn.revisionId) });
		}
		if (isWorthWriting(was, fn)) changed.push(fn);
	}
	return changed;
}

/** Who deployed, where CloudTrail is granted: asked once around each moment. */
class Actors {
	readonly #work: Work;
	readonly #region: Region;
	readonly #asked = new Map<number, Promise<readonly DeployEvent[]>>();

	constructor(work: Work, region: Region) {
		this.#work = work;
		this.#region = region;
	}

	async of(functionName: string, atMs: number): Promise<string | null> {
		if (!this.#work.connection.features.includes('deploys')) return null;
		const hour = floorTo(hourMs, atMs);
		let events = this.#asked.get(hour);
		if (events === undefined) {
			events = this.#lookup({ fromMs: hour - sameMomentMs, toMs: hour + hourMs + sameMomentMs });
			this.#asked.set(hour, events);
		}
		const near = (await events)
			.filter((event) => event.functionName === functionName)
			.filter((event) => Math.abs(event.atMs - atMs) <= sameMomentMs)
			.sort((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs));
		return near[0]?.actor ?? null;
	}

	async #lookup(range: TimeRange): Promise<readonly DeployEvent[]> {
		try {
			const { events } = await lookupDeploys(this.#work.account, this.#region, range);
			return events;
		} catch (error) {
			// A deploy without its actor is still a deploy.
			if (error instanceof LamplightError) return [];
			throw error;
		}
	}
}

const detailFields = new Set(['aliases', 'reserved concurrency', 'provisioned concurrency']);

/** Details that were read for the first time are news to us, not a deploy of the customer's. */
function onlyNowDetailed(
	was: LambdaFunction,
	isDetailed: boolean,
	changes: readonly { readonly field: string }[],
): boolean {
	const hadNone =
		was.aliases.length === 0 &&
		was.reservedConcurrency === null &&
		was.provisionedConcurrency.length === 0;
	return isDetailed && hadNone && changes.every(({ field }) => detailFields.has(field));
}

/** A sighting, and how much a log group holds by now, are written this often; other news at once. */
const sightingEveryMs = 6 * hourMs;

function isWorthWriting(was: LambdaFunction, is: LambdaFunction): boolean {
	if (is.lastSeenMs - was.lastSeenMs >= sightingEveryMs) return true;
	const comparable = (fn: LambdaFunction) =>
		JSON.stringify({ ...fn, lastSeenMs: 0, logStoredBytes: fn.logStoredBytes === null ? null : 0 });
	return comparable(was) !== comparable(is);
}

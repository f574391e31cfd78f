import { type DeployEvent, lookupDeploys } from '@lamplight/aws/deploys/lookupEvents';
import { listFunctions } from '@lamplight/aws/inventory/functions';
import { pastDeploys } from '@lamplight/core/deploy/past';
import { LamplightError } from '@lamplight/core/errors';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { Region } from '@lamplight/core/ids';
import type { FunctionFacts } from '@lamplight/core/inventory/facts';
import { dayMs, type TimeRange } from '@lamplight/core/time';
import { plural } from '@lamplight/core/plural';

import { withAccount, type Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import { keepDeploy } from '../inventory/keepDeploy.ts';
import type { MessageOf } from '../message.ts';

/** As far back as figures are read when an account is connected. */
const pastDays = 35;

/**
 * Keeps the deploys of a region from before it was watched: what the published versions that Lambda
 * keeps changed from one to the next and, where CloudTrail is granted, who did it and what else was
 * changed. Run again, it writes the same deploys.
 */
export async function runDeploys(deps: JobDeps, message: MessageOf<'deploys'>): Promise<void> {
	const { workspaceId, connectionId, plannedMs, region } = message;
	const batch = `deploys-${region}-${plannedMs}`;
	const options = { job: 'deploys', workspaceId, connectionId, region, batch };
	await withAccount(deps, options, async (work) => {
		const range = { fromMs: plannedMs - pastDays * dayMs, toMs: plannedMs };
		const [functions, listed, told] = await Promise.all([
			deps.store.functions.listAccount(work.ctx, work.connection.accountId),
			listFunctions(work.account, region),
			lookUp(work, region, range),
		]);
		const versionsOf = Map.groupBy(listed.facts, ({ name }) => name);
		const eventsOf = Map.groupBy(told.events, ({ functionName }) => functionName);
		let kept = 0;
		for (const fn of functions.filter((one) => one.region === region)) {
			const past = { versions: versionsOf.get(fn.name), events: eventsOf.get(fn.name), range };
			kept += await keepDeploys(deps, work, fn, past);
		}
		return { message: `${plural(kept, 'deploy')} of the past`, delayMs: null, limits: told.limits };
	});
}

interface Past {
	readonly versions: readonly FunctionFacts[] | undefined;
	readonly events: readonly DeployEvent[] | undefined;
	readonly range: TimeRange;
}

/** How many deploys of one function were kept. */
async function keepDeploys(
	deps: JobDeps,
	work: Work,
	fn: LambdaFunction,
	{ versions = [], events = [], range }: Past,
): Promise<number> {
	const deploys = pastDeploys(versions, events, range);
	for (const deploy of deploys) {
		await keepDeploy(deps, work, { fn, deploy, what: deploy.version ?? deploy.kind });
	}
	return deploys.length;
}

interface Told {
	readonly events: readonly DeployEvent[];
	readonly limits: readonly string[];
}

async function lookUp(work: Work, region: Region, range: TimeRange): Promise<Told> {
	if (!work.connection.features.includes('deploys')) return { events: [], limits: [] };
	try {
		const { events, complete } = await lookupDeploys(work.account, region, range);
		return { events, limits: complete ? [] : ['CloudTrail events of the past'] };
	} catch (error) {
		// The versions that Lambda keeps tell of deploys without it.
		if (!(error instanceof LamplightError)) throw error;
		return { events: [], limits: [error.message.slice(0, 100)] };
	}
}

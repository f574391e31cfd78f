import { isClosed } from '@lamplight/aws/errors';
import { readFunctionDetails } from '@lamplight/aws/inventory/details';
import { checkpointNames } from '@lamplight/core/collection/state';
import { LamplightError } from '@lamplight/core/errors';
import type { Region } from '@lamplight/core/ids';
import type { FunctionDetails, FunctionFacts } from '@lamplight/core/inventory/facts';
import { utcDay } from '@lamplight/core/time';
import * as z from 'zod';

import type { Work } from '../account.ts';
import { putCheckpoint, readCheckpoint } from '../checkpoint.ts';
import type { JobDeps } from '../deps.ts';

/** Details of this many functions per region and run: three calls each at two a second. */
const maxDetailsPerRun = 120;

/** By function name: what its details were read for, or asked in vain. */
const detailedSchema = z.record(z.string(), z.string());
/** Enough of a revision's id to see that it is another: a region's are written again with each deploy. */
const markLength = 8;
/** Before a revision that was asked in vain: it is asked again, behind those that never were. */
const inVain = '-';

/** What one run read of the functions' own details. */
export interface DetailsRead {
	readonly details: ReadonlyMap<string, FunctionDetails>;
	/** Functions that nobody has asked yet, left for another run. */
	readonly left: number;
	/** Remembers what was asked: once the functions are kept, or a worker that is killed would lose them. */
	readonly keep: () => Promise<void>;
}

export const withoutDetails: DetailsRead = {
	details: new Map(),
	left: 0,
	keep: () => Promise.resolve(),
};

/**
 * Details of functions whose revision changed since theirs were read, a limited number a run. Aliases and
 * what stands ready belong to published versions and change without a revision: those are asked daily.
 */
export async function detailsOf(
	deps: JobDeps,
	work: Work,
	{ region, facts }: { readonly region: Region; readonly facts: readonly FunctionFacts[] },
): Promise<DetailsRead> {
	const key = { connectionId: work.connection.id, name: checkpointNames.inventory(region) };
	const held = await readCheckpoint(deps, work.ctx, key, { schema: detailedSchema, empty: {} });
	const latest = facts.filter(({ version }) => version === '$LATEST');
	const published = new Set(
		facts.filter(({ version }) => version !== '$LATEST').map(({ name }) => name),
	);
	const day = utcDay(deps.clock());
	const markOf = ({ name, revisionId }: FunctionFacts) => {
		const revision = (revisionId ?? '').slice(0, markLength);
		return published.has(name) ? `${revision} ${day}` : revision;
	};
	const due = latest.filter((one) => held[one.name] !== markOf(one));
	const isAgain = (one: FunctionFacts) => held[one.name] === `${inVain}${markOf(one)}`;
	const fresh = due.filter((one) => !isAgain(one));
	// What is denied again and again must not stand before those that nobody has asked for.
	const now = (fresh.length > 0 ? fresh : due.filter(isAgain)).slice(0, maxDetailsPerRun);
	const details = new Map<string, FunctionDetails>();
	const asked: Record<string, string> = {};
	for (const one of now) {
		const own = await ownDetails(work, region, one.name);
		if (own !== null) details.set(one.name, own);
		asked[one.name] = `${own === null ? inVain : ''}${markOf(one)}`;
	}
	const isNews = Object.entries(asked).some(([name, mark]) => held[name] !== mark);
	return {
		details,
		left: Math.max(0, fresh.length - now.length),
		async keep() {
			if (isNews) await putCheckpoint(deps, work.ctx, key, { ...held, ...asked });
		},
	};
}

/** `null` when the function went away meanwhile, or its details are not granted. */
async function ownDetails(
	work: Work,
	region: Region,
	name: string,
): Promise<FunctionDetails | null> {
	try {
		return await readFunctionDetails(work.account, region, name);
	} catch (error) {
		if (isClosed(error)) return null;
		if (error instanceof LamplightError && error.code === 'not_found') return null;
		throw error;
	}
}

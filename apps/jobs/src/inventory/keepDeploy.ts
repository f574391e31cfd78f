import type { Deploy } from '@lamplight/core/deploy/deploy';
import type { DetectedDeploy } from '@lamplight/core/deploy/detect';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { deployIdSchema } from '@lamplight/core/ids';
import { fnv128Hex } from '@lamplight/core/issue/hash';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';

export interface FoundDeploy extends DetectedDeploy, Pick<Deploy, 'actor'> {
	readonly source: 'inventory' | 'cloudtrail';
}

/** Keeps a deploy of a function. `what` tells it from others of the same moment: found again, it is the same. */
export async function keepDeploy(
	deps: Pick<JobDeps, 'store'>,
	work: Work,
	{ fn, deploy, what }: { fn: LambdaFunction; deploy: FoundDeploy; what: string },
): Promise<void> {
	await deps.store.deploys.put(work.ctx, {
		id: deployIdSchema.parse(`dep_${fnv128Hex(`${fn.id}\n${deploy.atMs}\n${what}`)}`),
		workspaceId: work.ctx.workspaceId,
		...deploy,
		changes: [...deploy.changes],
		functionId: fn.id,
		connectionId: work.connection.id,
		appId: fn.app?.id ?? null,
		commit: null,
		url: null,
	});
}

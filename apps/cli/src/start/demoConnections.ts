import { randomBytes } from 'node:crypto';

import { beginEnrolment, connectionOf } from '@lamplight/aws/connect/enrol';
import { features, type Connection, type Enrolment } from '@lamplight/core/connection/connection';
import { connectTemplate } from '@lamplight/core/connection/template';
import type { Store } from '@lamplight/store/store';

import { demoCtx, demoWorkspaceId } from './demoWorkspace.ts';
import type { WorldControl, WorldFacts } from './world.ts';

/** The role of ours that customers of the simulated world trust. */
export const collectorRoleName = 'lamplight-demo-collect';

interface DemoConnectionOptions {
	readonly store: Store;
	readonly world: WorldControl;
	readonly facts: WorldFacts;
	readonly nowMs: number;
}

/**
 * Enrols the simulated organisation as a customer would: one enrolment with an external id of ours,
 * a connection for each open account, and the template's stack launched in each of them. The world
 * forgets its stacks when it stops, so they are launched at every start.
 */
export async function ensureDemoConnections(options: DemoConnectionOptions): Promise<void> {
	const { store, world, facts } = options;
	const enrolment = await ensureEnrolment(options);
	const template = connectTemplate({
		features: enrolment.features,
		logGroupPatterns: enrolment.logGroupPatterns,
		trustedAccountId: facts.hubAccountId,
		trustedRoleNames: [collectorRoleName],
	});
	for (const connection of await store.connections.list(demoCtx)) {
		if (connection.enrolmentId !== enrolment.id) continue;
		await world.launchStack(connection.accountId, template, enrolment.externalId);
	}
}

async function ensureEnrolment(options: DemoConnectionOptions): Promise<Enrolment> {
	const { store, facts, nowMs } = options;
	const managementAccountId = facts.organization.managementAccountId;
	const [known] = (await store.enrolments.list(demoCtx)).filter(
		(enrolment) => enrolment.accountId === managementAccountId,
	);
	if (known !== undefined) return known;
	const deps = { clock: () => nowMs, randomBytes: (count: number) => randomBytes(count) };
	const { enrolment, connection } = beginEnrolment(deps, {
		workspaceId: demoWorkspaceId,
		kind: 'organization',
		accountId: managementAccountId,
		features,
		logGroupPatterns: ['*'],
		createdBy: 'start',
	});
	const connections: Connection[] = facts.accounts
		.filter(({ closedMs }) => closedMs === null || closedMs > nowMs)
		.map(({ id, name }) =>
			id === managementAccountId
				? { ...connection, accountName: name }
				: connectionOf(deps, enrolment, {
						accountId: id,
						accountName: name,
						watchBudgetUsdPerMonth: connection.watchBudgetUsdPerMonth,
						backfillBudgetUsd: connection.backfillBudgetUsd,
					}),
		);
	for (const each of connections) await store.connections.put(demoCtx, each);
	// Last: with it, a start that was cut short begins again.
	await store.enrolments.put(demoCtx, enrolment);
	return enrolment;
}

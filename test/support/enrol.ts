import { randomBytes } from 'node:crypto';

import { beginEnrolment, connectInstructions } from '@lamplight/aws/connect/enrol';
import type { ExportLocation } from '@lamplight/core/bill/exportFiles';
import type { Connection, Enrolment, Feature } from '@lamplight/core/connection/connection';

import { type Collector, testCtx, testWorkspaceId } from './collector.ts';

/** The role of ours that a collector of tests has. */
export const trustedRoleName = 'lamplight-test-collect';

export interface EnrolOptions {
	readonly kind: Enrolment['kind'];
	readonly accountId: string;
	readonly features: readonly Feature[];
	readonly costExport?: ExportLocation;
}

/** Begins an enrolment as the API does: kept, and waiting for its role. */
export async function enrol(
	collector: Collector,
	options: EnrolOptions,
): Promise<{ readonly enrolment: Enrolment; readonly connection: Connection }> {
	const { deps, store } = collector;
	const begun = beginEnrolment(
		{ clock: deps.clock, randomBytes: (count) => randomBytes(count) },
		{ workspaceId: testWorkspaceId, createdBy: 'usr_test', ...options },
	);
	await store.connections.create(testCtx(), begun.connection);
	await store.enrolments.create(testCtx(), begun.enrolment);
	return begun;
}

/** Creates the stack of an enrolment's template in an account, as a person does. */
export function launch(
	{ sandbox }: Collector,
	enrolment: Enrolment,
	unitIds: readonly string[] = [],
): string[] {
	const { template } = connectInstructions(
		{
			trustedAccountId: sandbox.hubAccountId,
			trustedRoleNames: [trustedRoleName],
			templateUrl: null,
			linkRegion: 'us-east-1',
		},
		enrolment,
		unitIds,
	);
	const { accountId, externalId } = enrolment;
	return sandbox.createStack({ accountId, template, parameters: { ExternalId: externalId } });
}

/** Makes the workspace of tests, for what goes through all workspaces. */
export async function makeWorkspace({ store }: Collector, nowMs: number): Promise<void> {
	await store.workspaces.create(
		{
			id: testWorkspaceId,
			name: 'Test',
			displayCurrency: 'USD',
			timeZone: 'UTC',
			ownerTagKey: 'team',
			appTagKey: null,
			appStageTagKey: null,
			createdMs: nowMs,
			createdBy: 'usr_test',
		},
		{
			workspaceId: testWorkspaceId,
			userId: 'usr_test',
			email: 'test@example.com',
			name: 'Test',
			role: 'owner',
			joinedMs: nowMs,
		},
	);
}

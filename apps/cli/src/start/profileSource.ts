import { randomBytes } from 'node:crypto';

import { createAws } from '@lamplight/aws/aws';
import { beginEnrolment } from '@lamplight/aws/connect/enrol';
import { callerAccount } from '@lamplight/aws/connect/callerAccount';
import type { Feature } from '@lamplight/core/connection/connection';
import { type AccountId, regionSchema } from '@lamplight/core/ids';
import { invalidField } from '@lamplight/core/errors';
import type { Store } from '@lamplight/store/store';

import { demoCtx, demoWorkspaceId } from './demoWorkspace.ts';
import type { Source } from './source.ts';

/** All of one account; what only an organisation's management account can answer is left out. */
export const profileFeatures: readonly Feature[] = [
	'inventory',
	'metrics',
	'logs',
	'insights',
	'costs',
	'deploys',
];

interface ProfileOptions {
	readonly profile: string;
	/** Codes separated by commas; every enabled region when left out. */
	readonly regions: string | undefined;
	readonly budgetUsdPerMonth: number;
	readonly clock: () => number;
}

/** A real account, read with a profile of the person who starts Lamplight; nothing is deployed there. */
export function profileSource(options: ProfileOptions): Source {
	const regions = parseRegions(options.regions);
	return {
		workspaceName: `Profile ${options.profile}`,
		simulated: false,
		about: `the embedded database, and the account of the profile ${options.profile}`,
		async start() {
			const region = regions[0] ?? process.env['AWS_REGION'] ?? 'us-east-1';
			const accountId = await accountOf(options, region);
			return {
				environment: { AWS_PROFILE: options.profile, AWS_REGION: region },
				worldClockUrl: null,
				awsProfile: options.profile,
				trustedAccountId: accountId,
				trustedRoleNames: ['lamplight-local'],
				ensureConnections: (store, nowMs) =>
					ensureConnection(store, { ...options, regions, accountId, nowMs }),
				sandboxEndpoint: null,
				awsEnvironment: null,
			};
		},
	};
}

async function accountOf({ profile, clock }: ProfileOptions, region: string): Promise<AccountId> {
	const aws = createAws({ clock, wallClock: clock, region, profile });
	try {
		return await callerAccount(aws);
	} finally {
		aws.close();
	}
}

/** The regions named on the command line. Throws `invalid_input` for what is no region code. */
export function parseRegions(text: string | undefined): string[] {
	if (text === undefined) return [];
	return text.split(',').map((code) => {
		const parsed = regionSchema.safeParse(code.trim());
		if (!parsed.success) throw invalidField('--region', 'expected codes such as eu-west-1', code);
		return parsed.data;
	});
}

interface EnsureOptions extends Omit<ProfileOptions, 'regions'> {
	readonly regions: readonly string[];
	readonly accountId: AccountId;
	readonly nowMs: number;
}

async function ensureConnection(store: Store, options: EnsureOptions): Promise<void> {
	const { accountId, regions, budgetUsdPerMonth, nowMs } = options;
	const known = (await store.connections.list(demoCtx)).find((one) => one.accountId === accountId);
	if (known !== undefined) {
		await store.connections.put(demoCtx, { ...known, watchBudgetUsdPerMonth: budgetUsdPerMonth });
		return;
	}
	const { enrolment, connection } = beginEnrolment(
		{ clock: () => nowMs, randomBytes: (count) => randomBytes(count) },
		{
			workspaceId: demoWorkspaceId,
			kind: 'profile',
			accountId,
			features: profileFeatures,
			logGroupPatterns: ['*'],
			regions,
			watchBudgetUsdPerMonth: budgetUsdPerMonth,
			createdBy: 'start',
		},
	);
	await store.connections.put(demoCtx, connection);
	await store.enrolments.put(demoCtx, enrolment);
}

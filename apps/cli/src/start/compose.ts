import { join } from 'node:path';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { createStore } from '@lamplight/store/store';
import { ensureTable } from '@lamplight/store/table';

import { demoMembers, demoWorkspaceId, ensureDemoWorkspace } from './demoWorkspace.ts';
import type { StartOptions } from './options.ts';
import { collectQueueUrl, startParts } from './parts.ts';
import type { ProcessTree } from './processes.ts';
import type { RunningSource, Source } from './source.ts';
import { saveState, type StartState } from './state.ts';

export const repository = join(import.meta.dirname, '..', '..', '..', '..');
const tableName = 'lamplight';
/** Of AWS's rates: nobody in a simulated account needs them but Lamplight, its log searches included. */
const simulatedRateShare = 0.6;
const region = 'us-east-1';

/** The running product, as far as a person or a script needs to know it. */
export interface Composed {
	readonly url: string;
	readonly workspaceId: string;
	/** One-time links by role. */
	readonly signInLinks: Readonly<Record<string, string>>;
	/** `null` without a simulated AWS. */
	readonly sandboxEndpoint: string | null;
	/** Variables with which other AWS clients reach the simulated AWS; `null` without one. */
	readonly awsEnvironment: Readonly<Record<string, string>> | null;
}

export interface ComposeOptions {
	readonly options: StartOptions;
	readonly source: Source;
	readonly state: StartState;
	readonly tree: ProcessTree;
	/** Resolves when the dashboard is built, which may go on while the parts start. */
	readonly dashboardFolder: Promise<string>;
	/** Called when a step begins, with its name. */
	readonly step: (what: string) => void;
	readonly onJobsMessage: (message: Record<string, unknown>) => void;
	readonly clock: () => number;
}

/** Starts every part, in the order in which one needs another. */
export async function compose(composeOptions: ComposeOptions): Promise<Composed> {
	const { options, source, state, tree, step } = composeOptions;
	const url = `http://localhost:${options.port}`;
	const parts = startParts(tree, options.dataFolder, {
		// What is kept of another time has not expired by today's.
		keepExpired: options.at !== undefined,
	});

	step(source.about);
	const [database, running, queue, files, identity] = await Promise.all([
		parts.database(),
		source.start(parts),
		parts.queue(),
		parts.files(),
		parts.identity({ publicUrl: url, port: state.identityPort, members: demoMembers }),
	]);
	saveState(options.dataFolder, { ...state, identityPort: Number(new URL(identity.issuer).port) });

	step('the workspace and its connections');
	await ensureContents(composeOptions, running, database.endpoint);

	step('the collector and the API');
	const environment = {
		...running.environment,
		AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
		AWS_ENDPOINT_URL_SQS: queue.endpoint,
	};
	const shared = {
		tableName,
		...(running.worldClockUrl === null ? {} : { worldClockUrl: running.worldClockUrl }),
		...(running.awsProfile === null ? {} : { awsProfile: running.awsProfile }),
	};
	const { issuer, clientId, clientSecret } = identity;
	await parts.jobs({
		environment,
		options: {
			...shared,
			queueUrl: collectQueueUrl(queue.urls),
			exports: files,
			...(source.simulated ? { rateShare: simulatedRateShare } : {}),
		},
		onMessage: composeOptions.onJobsMessage,
	});
	await parts.api({
		environment,
		options: {
			...shared,
			port: options.port,
			publicUrl: url,
			dashboardFolder: await composeOptions.dashboardFolder,
			oidc: { issuer, clientId, clientSecret },
			secret: state.secret,
			simulated: source.simulated,
			exports: { ...files, queueUrl: collectQueueUrl(queue.urls) },
			connect: {
				trustedAccountId: running.trustedAccountId,
				trustedRoleNames: running.trustedRoleNames,
				templateUrl: null,
				region,
			},
		},
	});
	return {
		url,
		workspaceId: demoWorkspaceId,
		signInLinks: await identity.signInLinks(demoMembers),
		sandboxEndpoint: running.sandboxEndpoint,
		awsEnvironment: running.awsEnvironment,
	};
}

/** The table, the workspace with its members, and the connections that a start begins with. */
async function ensureContents(
	{ source, clock }: ComposeOptions,
	running: RunningSource,
	endpoint: string,
): Promise<void> {
	const client = new DynamoDBClient({
		region,
		endpoint,
		// The embedded database takes any keys.
		credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
	});
	try {
		await ensureTable(client, tableName);
		const store = createStore({ client, tableName, clock });
		const nowMs = clock();
		await ensureDemoWorkspace(store, { name: source.workspaceName, nowMs });
		await running.ensureConnections(store, nowMs);
	} finally {
		client.destroy();
	}
}

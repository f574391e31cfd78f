import { join } from 'node:path';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { createStore } from '@lamplight/store/store';
import { ensureTable } from '@lamplight/store/table';

import { collectorRoleName, ensureDemoConnections } from './demoConnections.ts';
import { demoMembers, demoWorkspaceId, ensureDemoWorkspace } from './demoWorkspace.ts';
import type { StartOptions } from './options.ts';
import type { ProcessTree } from './processes.ts';
import { collectQueueUrl, startParts } from './parts.ts';
import { saveState, startState } from './state.ts';
import { type WorldCredentials, worldControl } from './world.ts';

export const repository = join(import.meta.dirname, '..', '..', '..', '..');
const tableName = 'lamplight';
const workspaceName = 'Meridian (simulated)';
const region = 'us-east-1';

/** The running product, as far as a person or a script needs to know it. */
export interface Composed {
	readonly url: string;
	readonly workspaceId: string;
	/** One-time links by role. */
	readonly signInLinks: Readonly<Record<string, string>>;
	readonly sandboxEndpoint: string;
	/** Variables with which other AWS clients reach the simulated AWS. */
	readonly awsEnvironment: Readonly<Record<string, string>>;
}

export interface ComposeOptions {
	readonly options: StartOptions;
	readonly tree: ProcessTree;
	/** Resolves when the dashboard is built, which may go on while the parts start. */
	readonly dashboardFolder: Promise<string>;
	/** Called when a step begins, with its name. */
	readonly step: (what: string) => void;
	readonly onJobsMessage: (message: Record<string, unknown>) => void;
	readonly clock: () => number;
}

/** Starts every part against the simulated AWS, in the order in which one needs another. */
export async function composeSimulated(compose: ComposeOptions): Promise<Composed> {
	const { options, tree, step, clock } = compose;
	const state = startState(options);
	const url = `http://localhost:${options.port}`;
	const parts = startParts(tree, options.dataFolder);

	step('the embedded database and the simulated AWS');
	const [database, sandbox, queue, identity] = await Promise.all([
		parts.database(),
		parts.sandbox({ seed: options.seed, functions: options.functions }),
		parts.queue(),
		parts.identity({ publicUrl: url, port: state.identityPort, members: demoMembers }),
	]);
	saveState(options.dataFolder, { ...state, identityPort: Number(new URL(identity.issuer).port) });
	const world = worldControl(sandbox.endpoint);
	const facts = await world.facts();
	const collector = await world.credentials(facts.hubAccountId, collectorRoleName);
	const environment = {
		...keys(collector),
		AWS_REGION: region,
		AWS_ENDPOINT_URL: sandbox.endpoint,
		AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
		AWS_ENDPOINT_URL_SQS: queue.endpoint,
	};

	step('the workspace and its connections');
	const client = new DynamoDBClient({
		region,
		endpoint: database.endpoint,
		credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
	});
	await ensureTable(client, tableName);
	const store = createStore({ client, tableName, clock });
	const nowMs = clock();
	await ensureDemoWorkspace(store, { name: workspaceName, nowMs });
	await ensureDemoConnections({ store, world, facts, nowMs });
	client.destroy();

	step('the collector and the API');
	const worldClockUrl = `${sandbox.endpoint}/_sandbox/clock`;
	await parts.jobs({
		environment,
		options: { tableName, worldClockUrl, queueUrl: collectQueueUrl(queue.urls) },
		onMessage: compose.onJobsMessage,
	});
	await parts.api({
		environment,
		options: {
			port: options.port,
			publicUrl: url,
			dashboardFolder: await compose.dashboardFolder,
			tableName,
			oidc: {
				issuer: identity.issuer,
				clientId: identity.clientId,
				clientSecret: identity.clientSecret,
			},
			secret: state.secret,
			simulated: true,
			worldClockUrl,
			connect: {
				trustedAccountId: facts.hubAccountId,
				trustedRoleNames: [collectorRoleName],
				templateUrl: null,
				region,
			},
		},
	});
	const demoKeys = await world.credentials(facts.organization.managementAccountId);
	return {
		url,
		workspaceId: demoWorkspaceId,
		signInLinks: await identity.signInLinks(demoMembers),
		sandboxEndpoint: sandbox.endpoint,
		awsEnvironment: { ...keys(demoKeys), AWS_REGION: region, AWS_ENDPOINT_URL: sandbox.endpoint },
	};
}

function keys(credentials: WorldCredentials): Record<string, string> {
	return {
		AWS_ACCESS_KEY_ID: credentials.accessKeyId,
		AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
		...(credentials.sessionToken === undefined
			? {}
			: { AWS_SESSION_TOKEN: credentials.sessionToken }),
	};
}

import { randomBytes } from 'node:crypto';

import { type Aws, createAws } from '@lamplight/aws/aws';
import { beginEnrolment, connectInstructions } from '@lamplight/aws/connect/enrol';
import { verifyConnection } from '@lamplight/aws/connect/verify';
import type { Connection, Enrolment, Feature } from '@lamplight/core/connection/connection';
import { workspaceIdSchema } from '@lamplight/core/ids';
import type { JobDeps } from '@lamplight/jobs/deps';
import { createMemory } from '@lamplight/jobs/memory';
import type { Message } from '@lamplight/jobs/message';
import { workMessage } from '@lamplight/jobs/work';
import type { Sandbox, SandboxOptions } from '@lamplight/sandbox/sandbox';
import { startSandbox } from '@lamplight/sandbox/start';

import { type RecordingStore, recordingStore } from './recordingStore.ts';

export const testWorkspaceId = workspaceIdSchema.parse('ws_00000000000000000000');
const roleName = 'lamplight-test-collect';

export interface LogLine {
	readonly event: string;
	readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

/** A simulated AWS, a store that records, and a worker whose queue the test empties by hand. */
export interface Collector {
	readonly sandbox: Sandbox;
	readonly aws: Aws;
	readonly deps: JobDeps;
	readonly recorded: RecordingStore;
	readonly queue: Message[];
	readonly lines: LogLine[];
	/** Connects an account with a role of its own, verified. */
	connect(accountId: string, features?: readonly Feature[]): Promise<Connection>;
	/** Works every message off, and those that they send. */
	drain(): Promise<void>;
	close(): Promise<void>;
}

export interface CollectorOptions extends SandboxOptions {
	/** Share of AWS's rates; tests of arithmetic do not wait for tokens. */
	readonly rateShare?: number;
	/** Log groups that the roles may read; Lambda's own when left out. */
	readonly logGroupPatterns?: readonly string[];
}

export async function startCollector(options: CollectorOptions): Promise<Collector> {
	const { rateShare, logGroupPatterns, ...world } = options;
	const sandbox = await startSandbox(world);
	process.env['AWS_ENDPOINT_URL'] = sandbox.endpoint;
	const clock = () => sandbox.clock.nowMs();
	const own = sandbox.credentialsFor(sandbox.hubAccountId, { roleName });
	const aws = createAws({
		clock,
		wallClock: Date.now,
		region: 'us-east-1',
		own: async () => own,
		...(rateShare === undefined ? {} : { rateShare }),
	});
	const recorded = recordingStore(testWorkspaceId);
	const queue: Message[] = [];
	const lines: LogLine[] = [];
	const deps: JobDeps = {
		store: recorded.store,
		aws,
		clock,
		wallClock: Date.now,
		randomBytes: (count) => randomBytes(count),
		queue: { send: async (messages) => void queue.push(...messages) },
		memory: createMemory(),
		log: (event, facts = {}) => void lines.push({ event, facts }),
	};
	return {
		sandbox,
		aws,
		deps,
		recorded,
		queue,
		lines,
		connect: (accountId, features = ['inventory', 'metrics', 'logs']) =>
			connect({ sandbox, aws, recorded, clock, logGroupPatterns }, accountId, features),
		async drain() {
			for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
				await workMessage(deps, JSON.stringify(message));
			}
		},
		async close() {
			aws.close();
			delete process.env['AWS_ENDPOINT_URL'];
			await sandbox.close();
		},
	};
}

interface ConnectParts {
	readonly sandbox: Sandbox;
	readonly aws: Aws;
	readonly recorded: RecordingStore;
	readonly clock: () => number;
	readonly logGroupPatterns: readonly string[] | undefined;
}

async function connect(
	parts: ConnectParts,
	accountId: string,
	features: readonly Feature[],
): Promise<Connection> {
	const { sandbox, aws, recorded, clock, logGroupPatterns } = parts;
	const { enrolment, connection } = beginEnrolment(
		{ clock, randomBytes: (count) => randomBytes(count) },
		{
			workspaceId: testWorkspaceId,
			kind: 'account',
			accountId,
			features,
			createdBy: 'usr_test',
			...(logGroupPatterns === undefined ? {} : { logGroupPatterns }),
		},
	);
	createRole(sandbox, enrolment);
	const verified = await verifyConnection({ aws, clock }, enrolment, connection);
	recorded.add(enrolment, verified);
	return verified;
}

function createRole(sandbox: Sandbox, enrolment: Enrolment): void {
	const { template } = connectInstructions(
		{
			trustedAccountId: sandbox.hubAccountId,
			trustedRoleNames: [roleName],
			templateUrl: null,
			linkRegion: 'us-east-1',
		},
		enrolment,
	);
	const { accountId, externalId } = enrolment;
	sandbox.createStack({ accountId, template, parameters: { ExternalId: externalId } });
}

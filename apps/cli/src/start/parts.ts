import { join } from 'node:path';

import * as z from 'zod';

import { exportKeptMs } from '@lamplight/core/export/export';
import type { Role } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';

import type { Replay } from './options.ts';
import type { ProcessTree } from './processes.ts';

const script = (path: string) => join(import.meta.dirname, '..', '..', '..', '..', path);

/** Where each part's process begins. */
const scripts = {
	database: script('packages/sandbox/src/dynamodb/main.ts'),
	sandbox: script('packages/sandbox/src/main.ts'),
	queue: script('packages/sandbox/src/queue/main.ts'),
	files: script('packages/sandbox/src/files/main.ts'),
	identity: script('packages/sandbox/src/identity/main.ts'),
	jobs: script('apps/jobs/src/local.ts'),
	api: script('apps/api/src/server.ts'),
};

const collectQueue = { name: 'collect', visibilitySeconds: 60, maxReceives: 5 };

const endpointReady = z.object({ endpoint: z.url() });
const queueReady = endpointReady.extend({ urls: z.record(z.string(), z.string()) });
const filesReady = endpointReady.extend({
	bucket: z.string(),
	accessKeyId: z.string(),
	secretAccessKey: z.string(),
});
const identityReady = z.object({
	issuer: z.url(),
	clientId: z.string(),
	clientSecret: z.string(),
});

interface DemoMember {
	readonly email: string;
	readonly name: string;
	readonly role: Role;
}

interface ChildOptions {
	readonly environment: Readonly<Record<string, string>>;
	readonly options: Readonly<Record<string, unknown>>;
	readonly onMessage?: (message: Record<string, unknown>) => void;
}

/** The URL of the queue that the collector works off. */
export function collectQueueUrl(urls: Readonly<Record<string, string>>): string {
	const url = urls[collectQueue.name];
	if (url === undefined)
		throw new LamplightError('unavailable', 'the queue part made no collect queue');
	return url;
}

/** How each part is started; every call resolves once that part is ready. */
export function startParts(
	tree: ProcessTree,
	dataFolder: string,
	{ keepExpired }: { readonly keepExpired: boolean },
) {
	return {
		database: async () =>
			endpointReady.parse(
				await tree.start({
					name: 'database',
					script: scripts.database,
					options: { path: join(dataFolder, 'dynamodb'), keepExpired },
				}),
			),
		sandbox: async (options: {
			readonly seed: number;
			readonly functions: number;
			readonly replay?: Replay;
			readonly nowMs?: number;
		}) =>
			endpointReady.parse(
				await tree.start({
					name: 'sandbox',
					script: scripts.sandbox,
					// The bill adds up every execution of two months: begun at once, it is there when asked for.
					options: { ...options, prepareBill: true },
				}),
			),
		queue: async () =>
			queueReady.parse(
				await tree.start({
					name: 'queue',
					script: scripts.queue,
					options: { queues: [collectQueue] },
				}),
			),
		files: () => startFiles(tree, join(dataFolder, 'exports')),
		identity: async (options: {
			readonly publicUrl: string;
			readonly port: number | null;
			readonly members: readonly DemoMember[];
		}) => {
			const { publicUrl, members } = options;
			const port = options.port ?? 0;
			const ready = identityReady.parse(
				await tree.start({
					name: 'identity',
					script: scripts.identity,
					options: { dataFolder: join(dataFolder, 'identity'), publicUrl, port, members },
				}),
			);
			return { ...ready, signInLinks: linksBy(ready) };
		},
		jobs: async ({ environment, options, onMessage }: ChildOptions) => {
			await tree.start({
				name: 'jobs',
				script: scripts.jobs,
				options,
				env: environment,
				...(onMessage === undefined ? {} : { onMessage }),
			});
		},
		api: async ({ environment, options }: ChildOptions) => {
			await tree.start({ name: 'api', script: scripts.api, options, env: environment });
		},
	};
}

/** S3's stand-in for the files that jobs make, kept as long as the bucket of a stage keeps them. */
async function startFiles(tree: ProcessTree, folder: string) {
	const options = { folder, bucket: 'lamplight-exports', keptMs: exportKeptMs };
	return filesReady.parse(await tree.start({ name: 'files', script: scripts.files, options }));
}

/** Asks the embedded provider for one-time links, one for each member, by role. */
function linksBy(identity: z.infer<typeof identityReady>) {
	return async (members: readonly DemoMember[]): Promise<Record<string, string>> => {
		const credentials = Buffer.from(`${identity.clientId}:${identity.clientSecret}`).toString(
			'base64',
		);
		const links: Record<string, string> = {};
		for (const { email, role } of members) {
			const response = await fetch(new URL('/sign-in-links', identity.issuer), {
				method: 'POST',
				headers: {
					authorization: `Basic ${credentials}`,
					'content-type': 'application/x-www-form-urlencoded',
				},
				body: new URLSearchParams({ email }).toString(),
			});
			const { link } = z.object({ link: z.url() }).parse(await response.json());
			links[role] = link;
		}
		return links;
	};
}

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createAws } from '@lamplight/aws/aws';
import { base32 } from '@lamplight/core/connection/link';
import { roles, type Ctx, type Role } from '@lamplight/core/ctx';
import { workspaceIdSchema, type WorkspaceId } from '@lamplight/core/ids';
import { startDynamoDb } from '@lamplight/sandbox/dynamodb/start';
import { startFiles, type RunningFiles } from '@lamplight/sandbox/files/start';
import { startIdentity, type RunningIdentity } from '@lamplight/sandbox/identity/start';
import { startQueue, type RunningQueue } from '@lamplight/sandbox/queue/start';
import { createStore, type Store } from '@lamplight/store/store';
import { ensureTable } from '@lamplight/store/table';

import { createApp } from '../app.ts';
import type { ApiDeps } from '../deps.ts';
import { createExportDoor } from '../exports/door.ts';
import type { Log } from '../http/log.ts';

export const publicUrl = 'http://localhost:4666';

/** A moment of the data, in the middle of a month and of a week. */
export const dataNowMs = Date.UTC(2026, 10, 18, 14, 20);

/** The whole API over embedded DynamoDB and the embedded identity provider, without a network port of its own. */
export interface TestApi {
	readonly app: ReturnType<typeof createApp>;
	readonly deps: ApiDeps;
	readonly store: Store;
	readonly identity: RunningIdentity;
	/** Where the embedded DynamoDB listens, and the table in it, for another process. */
	readonly database: { readonly endpoint: string; readonly tableName: string };
	readonly workspaceId: WorkspaceId;
	/** The jobs' queue, and S3's stand-in that keeps the files which the jobs make. */
	readonly queue: RunningQueue;
	readonly sqs: SQSClient;
	readonly files: RunningFiles;
	/** Where the provider keeps its signing key, for tokens that only it could have made. */
	readonly keyFile: string;
	/** What the API logged, line by line. */
	readonly logged: string[];
	/** The tenant with an owner, to write test data with. */
	readonly ctx: Ctx;
	/** An access token of the member with a role. */
	tokenOf(role: Role): Promise<string>;
	/** Signs in as a browser does; returns the cookies and an access token. */
	signIn(email: string, returnTo?: string): Promise<SignedInBrowser>;
	call(method: string, path: string, options?: CallOptions): Promise<Called>;
	moveWallClock(ms: number): void;
	close(): Promise<void>;
}

export interface SignedInBrowser {
	readonly cookies: Map<string, string>;
	readonly accessToken: string;
	/** Where the dashboard was opened. */
	readonly landedOn: string;
}

export interface CallOptions {
	readonly token?: string;
	readonly body?: unknown;
	readonly headers?: Readonly<Record<string, string>>;
	readonly rawBody?: string;
}

export interface Called {
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
	/** The body as JSON; `null` when it is none. */
	readonly json: unknown;
}

/** An id in the store's shape. */
export function newId(prefix: string): string {
	return `${prefix}_${base32(randomBytes(15))}`;
}

const tableName = 'lamplight';

/** The e-mail of the member with a role in the test workspace. */
export function emailOf(role: Role): string {
	return `${role}@example.com`;
}

export interface TestApiOptions {
	readonly settings?: Partial<ApiDeps['settings']>;
	readonly connect?: Partial<ApiDeps['connect']>;
	readonly rateLimit?: ApiDeps['rateLimit'];
	/** The time of the data; `dataNowMs` when left out. */
	readonly clock?: ApiDeps['clock'];
}

/** Starts everything and makes a workspace with one member of each role. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
	const folder = await mkdtemp(join(tmpdir(), 'api-'));
	let aheadMs = 0;
	const wallClock = () => Date.now() + aheadMs;
	const database = await startDynamoDb({ clock: wallClock });
	const identity = await startIdentity({
		dataFolder: folder,
		publicUrl,
		members: roles.map((role) => ({ email: emailOf(role), name: role, role })),
		clock: wallClock,
	});
	const [queue, files] = await startExports(folder, wallClock);
	const client = new DynamoDBClient({
		endpoint: database.endpoint,
		region: 'us-east-1',
		credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
	});
	await ensureTable(client, tableName);
	const clock = options.clock ?? (() => dataNowMs);
	const store = createStore({ client, tableName, clock });
	const aws = createAws({ clock, wallClock, region: 'us-east-1' });
	const sqs = new SQSClient({
		endpoint: queue.endpoint,
		region: 'us-east-1',
		credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
	});
	const exportDoor = createExportDoor({
		queueUrl: queue.urls['collect'] ?? '',
		bucket: files.bucket,
		region: 'us-east-1',
		standIn: files,
		sqs,
	});
	const logged: string[] = [];
	const deps: ApiDeps = {
		store,
		connect: {
			aws: async () => aws,
			clock,
			randomBytes: (count) => randomBytes(count),
			trustedAccountId: '999999999999',
			trustedRoleNames: ['lamplight-test-api'],
			templateUrl: null,
			linkRegion: 'us-east-1',
			...options.connect,
		},
		exports: async () => exportDoor,
		settings: {
			publicUrl,
			oidc: identity,
			secret: randomBytes(32).toString('base64url'),
			simulated: true,
			firstWorkspaceName: null,
			originSecret: null,
			...options.settings,
		},
		clock,
		wallClock,
		log: recordingLog(logged),
		checkAnswers: true,
		...(options.rateLimit === undefined ? {} : { rateLimit: options.rateLimit }),
	};
	const app = createApp(deps);
	const ctx = await makeTestWorkspace(store);
	const call = caller(app);
	const tokens = new Map<Role, string>();
	const signIn = browserSignIn(app, identity);
	return {
		app,
		deps,
		store,
		identity,
		database: { endpoint: database.endpoint, tableName },
		workspaceId: ctx.workspaceId,
		queue,
		sqs,
		files,
		keyFile: join(folder, 'identity.json'),
		logged,
		ctx,
		signIn,
		call,
		tokenOf: async (role) => {
			const known = tokens.get(role) ?? (await signIn(emailOf(role))).accessToken;
			tokens.set(role, known);
			return known;
		},
		moveWallClock: (ms) => {
			aheadMs += ms;
			tokens.clear();
		},
		close: async () => {
			client.destroy();
			sqs.destroy();
			aws.close();
			await Promise.all([identity, database, queue, files].map((part) => part.close()));
			await rm(folder, { recursive: true });
		},
	};
}

function startExports(folder: string, clock: () => number) {
	return Promise.all([
		startQueue({ queues: [{ name: 'collect', visibilitySeconds: 60, maxReceives: 5 }] }),
		startFiles({ folder: join(folder, 'files'), bucket: 'exports', keptMs: 7 * 86_400_000, clock }),
	]);
}

/** A workspace with one member of each role; the members' users exist as if they had signed in. */
export async function makeTestWorkspace(store: Store): Promise<Ctx> {
	const workspaceId = workspaceIdSchema.parse(newId('ws'));
	const at = { createdMs: dataNowMs, lastSignInMs: dataNowMs };
	const members = await Promise.all(
		roles.map(async (role) => {
			const user = await store.lookups.ensureUser({
				id: newId('usr'),
				email: emailOf(role),
				name: role,
				...at,
			});
			const { id: userId, email, name } = user;
			return { workspaceId, userId, email, name, role, joinedMs: dataNowMs };
		}),
	);
	const [owner] = members;
	if (owner === undefined) throw new Error('no roles');
	await store.workspaces.create(
		{
			id: workspaceId,
			name: 'Test workspace',
			displayCurrency: 'USD',
			timeZone: 'UTC',
			ownerTagKey: null,
			appTagKey: null,
			appStageTagKey: null,
			createdMs: dataNowMs,
			createdBy: owner.userId,
		},
		owner,
	);
	const ctx: Ctx = {
		workspaceId,
		requestId: 'test',
		actor: { kind: 'member', userId: owner.userId, email: owner.email, role: 'owner' },
	};
	for (const member of members) await store.members.put(ctx, member);
	return ctx;
}

function recordingLog(lines: string[]): Log {
	return {
		info: (message, fields) => lines.push(JSON.stringify({ message, ...fields })),
		error: (message, fields, error) =>
			lines.push(JSON.stringify({ message, ...fields, error: String(error) })),
	};
}

function caller(app: ReturnType<typeof createApp>): TestApi['call'] {
	return async (method, path, options = {}) => {
		const body =
			options.rawBody ?? (options.body === undefined ? null : JSON.stringify(options.body));
		const response = await app.request(path, {
			method,
			headers: {
				...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
				...(body === null ? {} : { 'content-type': 'application/json' }),
				...options.headers,
			},
			...(body === null ? {} : { body }),
		});
		const text = await response.text();
		return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
	};
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return null;
	}
}

const mostHops = 15;

/** Follows a one-time link through the provider and our own routes, as a browser would. */
function browserSignIn(
	app: ReturnType<typeof createApp>,
	identity: RunningIdentity,
): TestApi['signIn'] {
	return async (email, returnTo = '/') => {
		const cookies = new Map<string, string>();
		const ask = async (url: string): Promise<Response> => {
			const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
			const ours = url.startsWith(publicUrl);
			const response = ours
				? await app.request(url.slice(publicUrl.length), { headers: { cookie } })
				: await fetch(url, { headers: { cookie }, redirect: 'manual' });
			for (const line of response.headers.getSetCookie()) {
				const [pair = ''] = line.split(';');
				const at = pair.indexOf('=');
				if (pair.slice(at + 1) === '') cookies.delete(pair.slice(0, at));
				else cookies.set(pair.slice(0, at), pair.slice(at + 1));
			}
			return response;
		};
		await ask(identity.signInLink(email));
		let next = `${publicUrl}/v1/session/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
		for (let hop = 0; hop < mostHops; hop += 1) {
			const response = await ask(next);
			const location = response.headers.get('location');
			if (location === null)
				throw new Error(`${next}: ${response.status} ${await response.text()}`);
			next = new URL(location, next).href;
			if (next.startsWith(publicUrl) && !next.startsWith(`${publicUrl}/v1/`)) break;
		}
		const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
		const refreshed = await app.request('/v1/session/refresh', {
			method: 'POST',
			headers: { cookie, origin: publicUrl },
		});
		const body = (await refreshed.json()) as { accessToken?: string };
		for (const line of refreshed.headers.getSetCookie()) {
			const [pair = ''] = line.split(';');
			const at = pair.indexOf('=');
			cookies.set(pair.slice(0, at), pair.slice(at + 1));
		}
		return { cookies, accessToken: body.accessToken ?? '', landedOn: next };
	};
}

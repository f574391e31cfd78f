import { faultKinds } from '../faults/kinds.ts';
import type { FaultRequest, RoleStack, Sandbox } from '../sandbox.ts';
import { AwsError } from '../wire/awsError.ts';
import type { WireRequest, WireResponse } from '../wire/message.ts';
import { worldAnswer, worldRoutes } from './worldRoutes.ts';

interface Route {
	readonly method: string;
	readonly path: string;
	readonly about: string;
	readonly answer: (context: Context) => unknown;
}

export interface Context {
	readonly sandbox: ControlledSandbox;
	readonly query: URLSearchParams;
	readonly body: Readonly<Record<string, unknown>>;
}

/** The sandbox as its control routes see it. */
export interface ControlledSandbox extends Omit<Sandbox, 'close'> {
	listFaults(): unknown;
	clearFaults(): void;
}

class BadRequest extends Error {}

const routes: readonly Route[] = [
	{
		method: 'GET',
		path: '',
		about: 'these routes and the kinds of faults',
		answer: () => ({
			routes: [
				...routes.map(({ method, path, about }) => `${method} /_sandbox/${path}: ${about}`),
				...worldRoutes.map(([path, about]) => `GET /_sandbox/${path}: ${about}`),
			],
			faultKinds,
		}),
	},
	{
		method: 'GET',
		path: 'calls',
		about: 'calls by account, region and action, with what AWS would charge',
		answer: ({ sandbox }) => sandbox.calls(),
	},
	{
		method: 'DELETE',
		path: 'calls',
		about: 'count from zero again',
		answer: ({ sandbox }) => sandbox.resetCalls(),
	},
	{
		method: 'GET',
		path: 'permissions',
		about: 'per role: granted and never called, called and denied',
		answer: ({ sandbox }) => sandbox.permissions(),
	},
	{
		method: 'GET',
		path: 'clock',
		about: 'the time of the world',
		answer: ({ sandbox }) => sandbox.clock.state(),
	},
	{
		method: 'PUT',
		path: 'clock',
		about: '{nowMs?, speed?, advanceMs?}',
		answer: ({ sandbox, body }) => setClock(sandbox, body),
	},
	{
		method: 'GET',
		path: 'faults',
		about: 'faults added while running',
		answer: ({ sandbox }) => sandbox.listFaults(),
	},
	{
		method: 'POST',
		path: 'faults',
		about: '{kind, where?, settings?, calls?, share?, fromMs?, untilMs?}',
		answer: ({ sandbox, body }) => sandbox.addFault(body as unknown as FaultRequest),
	},
	{
		method: 'DELETE',
		path: 'faults',
		about: '?id=…, or all',
		answer({ sandbox, query }) {
			const id = query.get('id');
			if (id === null) sandbox.clearFaults();
			else sandbox.removeFault(id);
		},
	},
	{
		method: 'POST',
		path: 'stacks',
		about: '{accountId, template, parameters?, stackName?}: what the quick-create link does',
		answer: ({ sandbox, body }) => ({
			roleArns: sandbox.createStack(body as unknown as RoleStack),
		}),
	},
	{
		method: 'DELETE',
		path: 'stacks',
		about: '?account=…&stack=…',
		answer: ({ sandbox, query }) =>
			sandbox.deleteStack(required(query, 'account'), query.get('stack') ?? undefined),
	},
	{
		method: 'GET',
		path: 'credentials',
		about: '?account=…[&role=…]',
		answer({ sandbox, query }) {
			const roleName = query.get('role');
			const account = required(query, 'account');
			return sandbox.credentialsFor(account, ...(roleName === null ? [] : [{ roleName }]));
		},
	},
	{
		method: 'GET',
		path: 'busy',
		about: 'processor time and memory since it started',
		answer: ({ sandbox }) => sandbox.busy(),
	},
];

/** Answers a control request: JSON both ways, 400 with a sentence for what cannot be. */
export function controlAnswer(sandbox: ControlledSandbox, request: WireRequest): WireResponse {
	// A page in a browser must not reach in: browsers name themselves in Origin, nobody else does.
	if (request.headers['origin'] !== undefined) return json(403, { message: 'not for browsers' });
	const path = request.path.slice('/_sandbox/'.length);
	const query = new URLSearchParams(request.query);
	try {
		const context = { sandbox, query, body: bodyOf(request) };
		const route = routes.find((entry) => entry.method === request.method && entry.path === path);
		if (route !== undefined) return json(200, route.answer(context) ?? {});
		const found = request.method === 'GET' ? worldAnswer(sandbox, path, query) : null;
		return found === null ? json(404, { message: `no route ${path}` }) : json(200, found);
	} catch (error) {
		if (error instanceof AwsError || error instanceof RangeError || error instanceof BadRequest) {
			return json(400, { message: error.message });
		}
		throw error;
	}
}

function setClock(sandbox: ControlledSandbox, body: Context['body']): unknown {
	const { advanceMs } = body;
	const change: { nowMs?: number; speed?: number } = {};
	if (body['nowMs'] !== undefined) change.nowMs = Number(body['nowMs']);
	if (body['speed'] !== undefined) change.speed = Number(body['speed']);
	sandbox.clock.set(change);
	if (advanceMs !== undefined) sandbox.clock.advance(Number(advanceMs));
	return sandbox.clock.state();
}

/** A query parameter that must be there. */
function required(query: URLSearchParams, name: string): string {
	const value = query.get(name);
	if (value === null || value === '') throw new BadRequest(`${name}: expected a query parameter`);
	return value;
}

function bodyOf(request: WireRequest): Readonly<Record<string, unknown>> {
	if (request.body.length === 0) return {};
	try {
		return JSON.parse(request.body.toString('utf8')) as Readonly<Record<string, unknown>>;
	} catch {
		throw new BadRequest('the body is not JSON');
	}
}

function json(status: number, value: unknown): WireResponse {
	return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

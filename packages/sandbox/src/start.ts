import type { AddressInfo } from 'node:net';

import { prepareBill } from './bill/statement.ts';
import { worldClock } from './clock.ts';
import { FaultRegistry } from './faults/registry.ts';
import type { AuthorizeOptions } from './iam/authorize.ts';
import { Directory, type Key } from './iam/directory.ts';
import { PermissionLog } from './iam/permissionLog.ts';
import { Stacks } from './iam/stacks.ts';
import { createSts } from './iam/sts.ts';
import { rateLimiter } from './limits/limiter.ts';
import type { Credentials, Sandbox, SandboxOptions } from './sandbox.ts';
import { allServices } from './services/all.ts';
import { controlAnswer, type ControlledSandbox } from './truth/control.ts';
import { CallRecorder } from './truth/recorder.ts';
import { truthOf } from './truth/truth.ts';
import { Dispatcher } from './wire/dispatch.ts';
import { createWireServer } from './wire/server.ts';
import { createWorld, type LivingWorld } from './world/create.ts';

/** The account that the product itself runs in. It is not of the watched organisation and runs nothing. */
const hubAccountId = '602841937715';
const hubAccountName = 'lamplight';

/** The user whose keys `credentialsFor` hands out. */
const demoUser = 'demo';
const defaultStack = 'lamplight-read-only';
const stackRegion = 'us-east-1';

/** Starts the simulated AWS on one port of this machine. The port is free again after `close()`. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	checkOptions(options);
	// The function itself, not its result: the clock of a composition root.
	const wall = options.wallClock ?? Date.now;
	const clock = worldClock(wall, { nowMs: options.nowMs, speed: options.speed });
	const world = createWorld({ ...worldOptions(options), nowMs: clock.nowMs() });
	const directory = new Directory(world.options.seed);
	const faults = new FaultRegistry();
	const recorder = new CallRecorder();
	const permissionLog = new PermissionLog();
	const authorize: AuthorizeOptions = {
		directory,
		organizationId: world.organization.id,
		deniedActions: (accountId) => world.account(accountId)?.deniedActions ?? [],
	};
	const isOpen = openness(world);
	const sts = createSts({
		...authorize,
		isOpen: (accountId, call) =>
			isOpen(accountId, call.nowMs) &&
			faults.hit('account-closed', { ...call, ...target(world, accountId) }) === null,
	});
	const dispatcher = new Dispatcher({
		services: allServices({ world, sts }),
		wall,
		clock,
		authorize,
		faults,
		limiter: options.rateLimits === false ? null : rateLimiter(wall),
		latency: options.latency === true,
		recorder,
		permissionLog,
		accountName: (accountId) => accountName(world, accountId),
		isOpen,
	});
	const sandbox = controls({ world, clock, directory, faults, recorder, permissionLog });
	for (const stack of options.roleTemplates ?? []) sandbox.createStack(stack);
	for (const fault of options.faults ?? []) sandbox.addFault(fault);

	let answering: ControlledSandbox | null = null;
	const server = createWireServer({
		dispatch: (request) => dispatcher.dispatch(request),
		control: async (request) => {
			if (answering === null) throw new Error('asked before it listens');
			return controlAnswer(answering, request);
		},
		wall,
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
	});
	const { address, port } = server.address() as AddressInfo;
	const running: ControlledSandbox = { ...sandbox, endpoint: `http://${address}:${port}` };
	answering = running;
	// Whoever asks for the bill later hears of what went wrong.
	if (options.prepareBill === true) prepareBill(world, clock.nowMs()).catch(() => {});
	return {
		...running,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** More functions than any organisation is known to have; a world of them still starts in seconds. */
const mostFunctions = 100_000;

function checkOptions({ functions, trafficScale, port }: SandboxOptions): void {
	if (trafficScale !== undefined && !(trafficScale > 0 && Number.isFinite(trafficScale))) {
		throw new RangeError(`trafficScale: expected a number above 0, got ${trafficScale}`);
	}
	if (
		functions !== undefined &&
		!(Number.isInteger(functions) && functions > 0 && functions <= mostFunctions)
	) {
		throw new RangeError(
			`functions: expected a whole number from 1 to ${mostFunctions}, got ${functions}`,
		);
	}
	if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) {
		throw new RangeError(`port: expected a whole number from 0 to 65535, got ${port}`);
	}
}

interface Parts {
	readonly world: LivingWorld;
	readonly clock: Sandbox['clock'];
	readonly directory: Directory;
	readonly faults: FaultRegistry;
	readonly recorder: CallRecorder;
	readonly permissionLog: PermissionLog;
}

function controls(parts: Parts): Omit<ControlledSandbox, 'endpoint'> {
	const { world, clock, directory, faults, recorder, permissionLog } = parts;
	const stacks = new Stacks(world, directory);
	return {
		clock,
		world,
		truth: truthOf(world),
		hubAccountId,
		credentialsFor(accountId, as) {
			known(world, accountId);
			if (as === undefined) return credentialsOf(directory.userKey(accountId, demoUser));
			const role = directory.ownRole(accountId, as.roleName);
			return credentialsOf(
				directory.openSession({
					role,
					sessionName: 'sandbox',
					expiresMs: null,
					sessionPolicies: null,
					tags: {},
				}),
			);
		},
		createStack(stack) {
			known(world, stack.accountId);
			return stacks.put({
				accountId: stack.accountId,
				region: stackRegion,
				stackName: stack.stackName ?? defaultStack,
				template: stack.template,
				parameters: stack.parameters ?? {},
			});
		},
		deleteStack: (accountId, stackName = defaultStack) => stacks.delete(accountId, stackName),
		addFault: (request) => faults.add(request),
		removeFault: (id) => void faults.remove(id),
		listFaults: () => faults.list(),
		clearFaults: () => faults.clear(),
		calls: () => recorder.counts(),
		resetCalls() {
			recorder.reset();
			permissionLog.reset();
		},
		permissions: () => permissionLog.reports(directory),
		busy() {
			const { user, system } = process.cpuUsage();
			return {
				cpuMs: (user + system) / 1000,
				elapsedMs: performance.now(),
				residentBytes: process.memoryUsage.rss(),
			};
		},
	};
}

function credentialsOf(key: Key): Credentials {
	return {
		accessKeyId: key.accessKeyId,
		secretAccessKey: key.secretAccessKey,
		...(key.sessionToken === null ? {} : { sessionToken: key.sessionToken }),
		...(key.expiresMs === null ? {} : { expiration: new Date(key.expiresMs) }),
	};
}

function known(world: LivingWorld, accountId: string): void {
	if (accountId === hubAccountId || world.account(accountId) !== null) return;
	throw new RangeError(`accountId: no account ${accountId} in this world`);
}

function accountName(world: LivingWorld, accountId: string): string {
	if (accountId === hubAccountId) return hubAccountName;
	return world.account(accountId)?.name ?? '';
}

function openness(world: LivingWorld): (accountId: string, nowMs: number) => boolean {
	return (accountId, nowMs) => {
		const closedMs = world.account(accountId)?.closedMs ?? null;
		return closedMs === null || nowMs < closedMs;
	};
}

/** AssumeRole is about the account of the role, not of the caller. */
function target(world: LivingWorld, accountId: string) {
	return {
		accountId,
		accountName: accountName(world, accountId),
		action: 'sts:AssumeRole',
		functionName: null,
	};
}

function worldOptions(options: SandboxOptions) {
	return {
		...(options.seed === undefined ? {} : { seed: options.seed }),
		...(options.functions === undefined ? {} : { functionCount: options.functions }),
		...(options.trafficScale === undefined ? {} : { trafficScale: options.trafficScale }),
		...(options.evenRegions === undefined ? {} : { evenRegions: options.evenRegions }),
		...(options.faultLab === undefined ? {} : { faultLab: options.faultLab }),
		...(options.replay === undefined ? {} : { replay: options.replay }),
	};
}

import { randomUUID } from 'node:crypto';

import type { WallClock, WorldClock } from '../clock.ts';
import type { FaultRegistry, Situation } from '../faults/registry.ts';
import { questionsOf, refusalMessage, refusalOf, type AuthorizeOptions } from '../iam/authorize.ts';
import type { Key } from '../iam/directory.ts';
import type { PermissionLog } from '../iam/permissionLog.ts';
import type { RateLimiter } from '../limits/limiter.ts';
import { latencyMs } from '../limits/latency.ts';
import { chargeOf } from '../truth/prices.ts';
import type { CallRecord, CallRecorder } from '../truth/recorder.ts';
import { authenticate } from './authenticate.ts';
import { AwsError } from './awsError.ts';
import { commonError, type CommonError } from './commonErrors.ts';
import { aboutFunction } from './aboutFunction.ts';
import type { WireRequest, WireResponse } from './message.ts';
import type { Protocol } from './protocol.ts';
import { protocolsOf, type ServiceProtocols } from './protocols.ts';
import type { Call, Service } from './service.ts';
import type { Operation } from './shape.ts';
import { parseAuthorization, type Authorization } from './signature.ts';
import { withUnknownMembers } from './unknownMembers.ts';

/** A service, loaded when first asked for: some clients' schemas take 70 MB. */
export interface ServiceSource {
	readonly signingName: string;
	load(): Service | Promise<Service>;
}

export interface DispatchOptions {
	readonly services: readonly ServiceSource[];
	readonly wall: WallClock;
	readonly clock: WorldClock;
	readonly authorize: AuthorizeOptions;
	readonly faults: FaultRegistry;
	/** `null` when rates are not enforced. */
	readonly limiter: RateLimiter | null;
	readonly latency: boolean;
	readonly recorder: CallRecorder;
	readonly permissionLog: PermissionLog;
	readonly accountName: (accountId: string) => string;
	/** Whether the account is open at an instant of world time. */
	readonly isOpen: (accountId: string, nowMs: number) => boolean;
}

/** An answer, and what happens to it on its way. */
export interface Delivery {
	readonly response: WireResponse;
	readonly delayMs: number;
	/** The connection is cut before the answer or in the middle of its body; `null` normally. */
	readonly drop: 'before' | 'within' | null;
	/** How far the server's clock is off, for the Date header. */
	readonly skewMs: number;
}

interface Loaded {
	readonly service: Service;
	readonly protocols: ServiceProtocols;
}

/** One request on its way through. */
interface Passage {
	readonly request: WireRequest;
	readonly requestId: string;
	readonly claim: Authorization;
	readonly service: Service;
	readonly protocols: ServiceProtocols;
	readonly protocol: Protocol;
	readonly wallMs: number;
	action: string;
	delayMs: number;
	skewMs: number;
	drop: Delivery['drop'];
	unknownMembers: boolean;
	outcome: CallRecord['outcome'];
	charge: CallRecord['charge'];
	accountId: string;
}

/** Answers requests of every service: routing, keys, faults, rates, permissions, then the handler. */
export class Dispatcher {
	readonly #options: DispatchOptions;
	readonly #loaded = new Map<string, Promise<Loaded>>();
	#draws = 0;

	constructor(options: DispatchOptions) {
		this.#options = options;
	}

	async dispatch(request: WireRequest): Promise<Delivery> {
		const requestId = randomUUID();
		const claim = parseAuthorization(request.headers['authorization']);
		const loaded = claim === null ? null : await this.#load(claim.service);
		if (claim === null || loaded === null) return unroutable(claim, requestId);
		const passage: Passage = {
			request,
			requestId,
			claim,
			...loaded,
			protocol: loaded.protocols.choose(request),
			wallMs: this.#options.wall(),
			action: `${loaded.service.iamPrefix}:Unknown`,
			delayMs: 0,
			skewMs: 0,
			drop: null,
			unknownMembers: false,
			outcome: 'ok',
			charge: null,
			accountId: 'unknown',
		};
		const response = await this.#answer(passage);
		this.#options.recorder.record({
			accountId: passage.accountId,
			region: claim.region,
			action: passage.action,
			outcome: passage.outcome,
			charge: passage.outcome === 'ok' ? passage.charge : null,
			requestBytes: request.body.length,
			responseBytes: Buffer.byteLength(response.body),
		});
		return { response, delayMs: passage.delayMs, drop: passage.drop, skewMs: passage.skewMs };
	}

	async #load(signingName: string): Promise<Loaded | null> {
		const known = this.#loaded.get(signingName);
		if (known !== undefined) return known;
		const source = this.#options.services.find((entry) => entry.signingName === signingName);
		if (source === undefined) return null;
		const loading = Promise.resolve(source.load()).then((service) => ({
			service,
			protocols: protocolsOf(service),
		}));
		this.#loaded.set(signingName, loading);
		return loading;
	}

	async #answer(passage: Passage): Promise<WireResponse> {
		try {
			return await this.#serve(passage);
		} catch (error) {
			return this.#refuse(passage, error);
		}
	}

	async #serve(passage: Passage): Promise<WireResponse> {
		const { request, protocol, protocols, service, claim } = passage;
		const matched = protocol.match(request);
		if (matched === null) throw this.#common(passage, 'unknown-operation', unknownMessage(request));
		passage.action = `${service.iamPrefix}:${matched.operation}`;
		const operation = protocols.operations.get(matched.operation) as Operation;
		const known = this.#options.authorize.directory.key(claim.accessKeyId);
		passage.accountId = known?.caller.accountId ?? 'unknown';
		const input = matched.readInput();
		const situation = this.#situation(passage, operation.name, input);
		this.#strikeTransport(passage, situation);
		const key = authenticate({
			request,
			claim,
			key: known,
			isAlive: (session) => this.#options.authorize.directory.isAlive(session),
			nowMs: passage.wallMs + passage.skewMs,
			where: where(passage),
		});
		this.#strikeSession(passage, situation, key);
		this.#checkRate(passage, situation);
		requireMembers(operation, input, passage);
		const call = this.#call(passage, operation.name, key, situation);
		this.#permit(passage, key, { input, call });
		const handler = service.operations.get(operation.name);
		if (handler === undefined) {
			throw this.#common(passage, 'not-emulated', `${passage.action} is not simulated`);
		}
		let reported = 0;
		const output = await handler(input, { ...call, reportUnits: (units) => (reported += units) });
		passage.charge = chargeOf({
			service: claim.service,
			operation: operation.name,
			input,
			reported,
		});
		const written = protocol.writeOutput(
			operation,
			(output ?? {}) as Readonly<Record<string, unknown>>,
			passage.requestId,
		);
		return passage.unknownMembers ? withUnknownMembers(operation.output, written) : written;
	}

	#situation(
		passage: Passage,
		operation: string,
		input: Readonly<Record<string, unknown>>,
	): Situation {
		return {
			accountId: passage.accountId,
			accountName: this.#options.accountName(passage.accountId),
			region: passage.claim.region,
			service: passage.claim.service,
			operation,
			action: passage.action,
			functionName: aboutFunction(input),
			nowMs: this.#options.clock.nowMs(),
		};
	}

	/** Faults of the way there: delay, cut, broken server, wrong clock. */
	#strikeTransport(passage: Passage, situation: Situation): void {
		const { faults, latency } = this.#options;
		if (latency) passage.delayMs += latencyMs(situation.service, this.#draw());
		const slow = faults.hit('slow', situation);
		if (slow !== null) passage.delayMs += slow.delayMs ?? 5_000;
		const skew = faults.hit('clock-skew', situation);
		if (skew !== null) passage.skewMs = skew.skewMs ?? 15 * 60_000;
		const drop = faults.hit('drop', situation);
		if (drop !== null) passage.drop = drop.when ?? 'before';
		passage.unknownMembers = faults.hit('unknown-fields', situation) !== null;
		const broken = faults.hit('server-error', situation);
		if (broken !== null) {
			throw this.#common(passage, broken.status === 503 ? 'unavailable' : 'internal');
		}
	}

	/** Faults of the caller's standing: expired, closed, denied, throttled. */
	#strikeSession(passage: Passage, situation: Situation, key: Key): void {
		const { faults } = this.#options;
		if (key.sessionToken !== null && faults.hit('expired-token', situation) !== null) {
			throw this.#common(passage, 'expired-token');
		}
		const closed =
			!this.#options.isOpen(situation.accountId, situation.nowMs) ||
			faults.hit('account-closed', situation) !== null;
		if (closed) throw this.#common(passage, 'unknown-key');
		const throttle = faults.hit('throttle', situation);
		if (throttle !== null) throw this.#throttled(passage, throttle.retryAfterSeconds);
		if (faults.hit('deny', situation) === null) return;
		const question = { action: passage.action, resource: '*', context: new Map() };
		throw this.#denied(
			passage,
			refusalMessage(key, question, { kind: 'implicit', by: 'identity-based' }),
		);
	}

	#checkRate(passage: Passage, situation: Situation): void {
		if (this.#options.limiter?.(situation) === false) throw this.#throttled(passage);
	}

	#throttled(passage: Passage, retryAfterSeconds?: number): AwsError {
		const headers: Record<string, string> =
			retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
		return commonError('throttled', where(passage), { headers });
	}

	#permit(
		passage: Passage,
		key: Key,
		{ input, call }: { readonly input: Readonly<Record<string, unknown>>; readonly call: Call },
	): void {
		const rule = passage.service.access.get(call.operation);
		if (rule === null) return;
		const access = (rule ?? passage.service.defaultAccess)(input, call);
		passage.action = access.action ?? passage.action;
		const { authorize, permissionLog } = this.#options;
		const asked = { ...access, action: passage.action };
		for (const question of questionsOf(authorize, key, call, asked)) {
			const refusal = refusalOf(authorize, key, question);
			permissionLog.note(key, question, refusal === null);
			if (refusal !== null) throw this.#denied(passage, refusalMessage(key, question, refusal));
		}
	}

	#denied(passage: Passage, message: string): AwsError {
		const ec2 = 'You are not authorized to perform this operation. ';
		const text = passage.protocol.kind === 'ec2' ? `${ec2}${message}` : message;
		return this.#common(passage, 'access-denied', text);
	}

	#call(passage: Passage, operation: string, key: Key, situation: Situation): Call {
		return {
			requestId: passage.requestId,
			service: passage.claim.service,
			operation,
			accountId: key.caller.accountId,
			region: passage.claim.region,
			caller: key.caller,
			nowMs: situation.nowMs,
			wallMs: passage.wallMs,
			faults: this.#options.faults.forCall(situation),
			reportUnits: () => undefined,
		};
	}

	#common(passage: Passage, error: CommonError, message?: string): AwsError {
		return commonError(error, where(passage), message === undefined ? {} : { message });
	}

	#refuse(passage: Passage, error: unknown): WireResponse {
		if (!(error instanceof AwsError)) console.error('sandbox:', passage.action, error);
		const aws = error instanceof AwsError ? error : this.#common(passage, 'internal');
		const shape = passage.protocols.errors.get(aws.code) ?? null;
		const status = aws.status ?? shape?.status ?? 400;
		passage.outcome = outcomeOf(aws.code, status);
		return passage.protocol.writeError(
			{
				code: aws.code,
				message: aws.message,
				status,
				members: aws.members,
				headers: aws.headers,
				shape,
			},
			passage.requestId,
		);
	}

	/** Deterministic, so that a run can be repeated: a golden-ratio sequence in [0, 1). */
	#draw(): number {
		this.#draws += 1;
		return (this.#draws * 0.618_033_988_75) % 1;
	}
}

function where(passage: Passage): Parameters<typeof commonError>[1] {
	return { protocol: passage.protocol.kind, service: passage.claim.service };
}

function outcomeOf(code: string, status: number): CallRecord['outcome'] {
	if (/Throttl|TooManyRequests|RequestLimitExceeded|^LimitExceeded/.test(code)) return 'throttled';
	if (/AccessDenied|UnauthorizedOperation/.test(code)) return 'denied';
	return status >= 400 ? 'failed' : 'ok';
}

function unknownMessage(request: WireRequest): string {
	const target = request.headers['x-amz-target'];
	return `Could not find operation ${target ?? `${request.method} ${request.path}`}`;
}

function requireMembers(
	operation: Operation,
	input: Readonly<Record<string, unknown>>,
	passage: Passage,
): void {
	if (operation.input.kind === 'unit') return;
	const missing = operation.input.members.filter(
		(member) =>
			member.required && (input[member.name] === undefined || input[member.name] === null),
	);
	if (missing.length === 0) return;
	const plural = missing.length === 1 ? '' : 's';
	const details = missing.map(({ name }) => {
		const field = name.charAt(0).toLowerCase() + name.slice(1);
		return `Value null at '${field}' failed to satisfy constraint: Member must not be null`;
	});
	throw commonError('validation', where(passage), {
		message: `${missing.length} validation error${plural} detected: ${details.join('; ')}`,
	});
}

function unroutable(claim: Authorization | null, requestId: string): Delivery {
	const code =
		claim === null ? 'MissingAuthenticationTokenException' : 'UnrecognizedServiceException';
	const message =
		claim === null ? 'Missing Authentication Token' : `${claim.service} is not simulated`;
	return {
		response: {
			status: claim === null ? 403 : 501,
			headers: {
				'content-type': 'application/json',
				'x-amzn-requestid': requestId,
				'x-amzn-errortype': code,
			},
			body: JSON.stringify({ __type: code, message }),
		},
		delayMs: 0,
		drop: null,
		skewMs: 0,
	};
}

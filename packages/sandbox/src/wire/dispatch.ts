import { randomUUID } from 'node:crypto';

import type { WallClock, WorldClock } from '../clock.ts';
import type { FaultRegistry, Situation } from '../faults/registry.ts';
import { questionsOf, refusalMessage, refusalOf, type AuthorizeOptions } from '../iam/authorize.ts';
import type { Key } from '../iam/directory.ts';
import type { PermissionLog } from '../iam/permissionLog.ts';
import type { RateLimiter } from '../limits/limiter.ts';
import { latencyMs } from '../limits/latency.ts';
import { chargeOf } from '../truth/prices.ts';
import type { CallRecorder } from '../truth/recorder.ts';
import { authenticate } from './authenticate.ts';
import { aboutFunction } from './aboutFunction.ts';
import type { WireRequest, WireResponse } from './message.ts';
import {
	common,
	type Delivery,
	denied,
	type Loaded,
	type Passage,
	throttled,
	where,
} from './passage.ts';
import { protocolsOf } from './protocols.ts';
import { refuse, requireMembers, unknownMessage, unroutable } from './refusals.ts';
import type { Call, Service } from './service.ts';
import type { Operation } from './shape.ts';
import { parseAuthorization } from './signature.ts';
import { strikeSession, strikeTransport } from './strikes.ts';
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
			return refuse(passage, error);
		}
	}

	async #serve(passage: Passage): Promise<WireResponse> {
		const { request, protocol, protocols, service, claim } = passage;
		const matched = protocol.match(request);
		if (matched === null) throw common(passage, 'unknown-operation', unknownMessage(request));
		passage.action = `${service.iamPrefix}:${matched.operation}`;
		const operation = protocols.operations.get(matched.operation) as Operation;
		const known = this.#options.authorize.directory.key(claim.accessKeyId);
		passage.accountId = known?.caller.accountId ?? 'unknown';
		const input = matched.readInput();
		const situation = this.#situation(passage, operation.name, input);
		if (this.#options.latency) passage.delayMs += latencyMs(situation.service, this.#draw());
		strikeTransport(this.#options.faults, passage, situation);
		const key = authenticate({
			request,
			claim,
			key: known,
			isAlive: (session) => this.#options.authorize.directory.isAlive(session),
			nowMs: passage.wallMs + passage.skewMs,
			where: where(passage),
		});
		const isOpen = this.#options.isOpen(situation.accountId, situation.nowMs);
		strikeSession(this.#options.faults, passage, { situation, key, isOpen });
		if (this.#options.limiter?.(situation) === false) throw throttled(passage);
		requireMembers(operation, input, passage);
		const call = this.#call(passage, operation.name, key, situation);
		this.#permit(passage, key, { input, call });
		const handler = service.operations.get(operation.name);
		if (handler === undefined) {
			throw common(passage, 'not-emulated', `${passage.action} is not simulated`);
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
			if (refusal !== null) throw denied(passage, refusalMessage(key, question, refusal));
		}
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

	/** Deterministic, so that a run can be repeated: a golden-ratio sequence in [0, 1). */
	#draw(): number {
		this.#draws += 1;
		return (this.#draws * 0.618_033_988_75) % 1;
	}
}

import type { CallFaults } from '../faults/fault.ts';
import type { Caller } from '../iam/caller.ts';

/** What one call knows beside its input. Everything dated is dated in the world's time. */
export interface Call {
	readonly requestId: string;
	/** The name in the signature's scope: `logs`, `monitoring`, `ce`. */
	readonly service: string;
	readonly operation: string;
	/** The account whose data is read: that of the caller's credentials. */
	readonly accountId: string;
	/** The region in the signature's scope. */
	readonly region: string;
	readonly caller: Caller;
	/** The world clock in epoch milliseconds: governs data, never credentials. */
	readonly nowMs: number;
	/** Real time in epoch milliseconds: governs credentials and nothing else. */
	readonly wallMs: number;
	/** The data-shaped faults that hold for this call; ask per function where that matters. */
	readonly faults: CallFaults;
	/** Tells what the call will be billed by beyond itself: bytes that a query scans. */
	reportUnits(units: number): void;
}

export type Handler<Input, Output> = (input: Input, call: Call) => Output | Promise<Output>;

type InputOf<Command> = Command extends new (input: never) => { readonly input: infer Input }
	? Input
	: never;
type OutputOf<Command> = Command extends new (input: never) => {
	resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Output }>;
}
	? Omit<Output, '$metadata'>
	: never;

type CommandsOf<Sdk> = {
	[K in keyof Sdk as K extends `${infer Name}Command` ? Name : never]: Sdk[K];
};

/** Handlers by operation name, typed by the SDK's own commands. */
export type Operations<Sdk> = {
	readonly [Name in keyof CommandsOf<Sdk>]?: Handler<
		InputOf<CommandsOf<Sdk>[Name]>,
		OutputOf<CommandsOf<Sdk>[Name]>
	>;
};

/** Which action a call needs and on which resources it is evaluated. */
export interface Access {
	/** Defaults to `<iamPrefix>:<operation>`. */
	readonly action?: string;
	/** ARNs (or `*`); every one must be allowed. */
	readonly resources: readonly string[];
	/** Service-specific condition keys, e.g. `lambda:FunctionArn`. */
	readonly conditions?: Readonly<Record<string, string | readonly string[]>>;
}

/** `null` where AWS asks for no permission (sts:GetCallerIdentity). */
export type AccessRules<Sdk> = {
	readonly [Name in keyof CommandsOf<Sdk>]?:
		null | ((input: InputOf<CommandsOf<Sdk>[Name]>, call: Call) => Access);
};

interface ClientShape {
	readonly config: { readonly protocol: unknown };
}

/** One simulated AWS service: a client's schemas, and handlers for the operations it answers. */
export interface ServiceOptions<Sdk> {
	/** The service name in a SigV4 scope; requests are routed by it. */
	readonly signingName: string;
	/** The prefix of its IAM actions, where it differs from the signing name. */
	readonly iamPrefix: string;
	/** The whole module of the SDK client: its schemas decide how bytes are read and written. */
	readonly sdk: Sdk;
	readonly client: new (config: {
		region: string;
		credentials: { accessKeyId: string; secretAccessKey: string };
	}) => ClientShape;
	readonly operations: Operations<Sdk>;
	/** Operations left out go by `defaultAccess`. */
	readonly access?: AccessRules<Sdk>;
	/** By default calls are evaluated as `<iamPrefix>:<operation>` on `*`. */
	readonly defaultAccess?: (input: Readonly<Record<string, unknown>>, call: Call) => Access;
	/** An older protocol that the service also answers, as CloudWatch does. */
	readonly alsoQuery?: { readonly xmlNamespace: string; readonly version: string };
}

/** A service with its types erased, as the dispatcher holds it. */
export interface Service {
	readonly signingName: string;
	readonly iamPrefix: string;
	readonly sdk: Readonly<Record<string, unknown>>;
	readonly client: ServiceOptions<unknown>['client'];
	readonly operations: ReadonlyMap<string, Handler<unknown, unknown>>;
	readonly access: ReadonlyMap<string, null | ((input: unknown, call: Call) => Access)>;
	readonly defaultAccess: (input: Readonly<Record<string, unknown>>, call: Call) => Access;
	readonly alsoQuery: { readonly xmlNamespace: string; readonly version: string } | null;
}

/**
 * Declares a service. A handler gets the decoded input and returns the output as the SDK types it
 * (dates as `Date`); it refuses by throwing an `AwsError`. An operation without a handler answers
 * 501 NotImplemented.
 */
export function defineService<Sdk extends object>(options: ServiceOptions<Sdk>): Service {
	return {
		signingName: options.signingName,
		iamPrefix: options.iamPrefix,
		sdk: options.sdk as Readonly<Record<string, unknown>>,
		client: options.client,
		operations: new Map(Object.entries(options.operations)) as Service['operations'],
		access: new Map(Object.entries(options.access ?? {})) as Service['access'],
		defaultAccess: options.defaultAccess ?? (() => ({ resources: ['*'] })),
		alsoQuery: options.alsoQuery ?? null,
	};
}

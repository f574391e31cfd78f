import type { WallClock, WorldClock } from './clock.ts';
import type { Fault, FaultKind, FaultKinds, FaultWhere } from './faults/fault.ts';
import type { Truth } from './truth/truth.ts';
import type { ReplayOptions } from './world/replay/trace.ts';
import type { World } from './world/world.ts';

/** Keys for an SDK client. */
export interface Credentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken?: string;
	readonly expiration?: Date;
}

/** A CloudFormation template with parameters, as a customer's quick-create link makes a stack of it. */
export interface RoleStack {
	readonly accountId: string;
	readonly stackName?: string;
	/** The template as parsed JSON. */
	readonly template: unknown;
	readonly parameters?: Readonly<Record<string, string>>;
}

export interface FaultRequest<K extends FaultKind = FaultKind> {
	readonly kind: K;
	readonly where?: FaultWhere;
	readonly settings?: FaultKinds[K];
	/** Number of calls to hit; without end when left out. */
	readonly calls?: number;
	/** Share of matching calls to hit; 1 when left out. */
	readonly share?: number;
	readonly fromMs?: number;
	readonly untilMs?: number;
}

export interface SandboxOptions {
	readonly seed?: number;
	/** How many functions the world holds over all accounts. */
	readonly functions?: number;
	/** Multiplies every rate of invocations; 1 when left out, about 1.3 million a day at 240 functions. */
	readonly trafficScale?: number;
	/** 0 or left out: any free port. */
	readonly port?: number;
	readonly host?: string;
	/** World time to start at; real time when left out. */
	readonly nowMs?: number;
	/** World milliseconds per real millisecond; 1 when left out. */
	readonly speed?: number;
	/** AWS's published request rates, enforced per account and region. On unless `false`. */
	readonly rateLimits?: boolean;
	/** Answers take about as long as AWS's do. Off unless `true`. */
	readonly latency?: boolean;
	/** Stacks created before the first request; more by `createStack`. */
	readonly roleTemplates?: readonly RoleStack[];
	readonly faults?: readonly FaultRequest[];
	/** All twelve accounts are open and may be read whole, and run in 24 regions together. */
	readonly evenRegions?: boolean;
	/** Adds an account whose functions each show one data fault, named by it. */
	readonly faultLab?: boolean;
	/** Adds an account, `trace-replay`, whose traffic is a published trace on disk. */
	readonly replay?: ReplayOptions;
	/** Begins to add up the bill at once, in a thread, rather than at the first question about cost. */
	readonly prepareBill?: boolean;
	/** Real time; replaced in tests of expiry. */
	readonly wallClock?: WallClock;
}

/** Calls of one kind and what AWS would charge for them. */
export interface CallCount {
	readonly accountId: string;
	readonly region: string;
	/** IAM form: `cloudwatch:GetMetricData`. */
	readonly action: string;
	/** All calls that reached the service, refused ones too. */
	readonly calls: number;
	readonly throttled: number;
	readonly denied: number;
	readonly failed: number;
	/** What AWS bills by: metrics requested, pages, requests. */
	readonly billedUnits: number;
	/** Exact decimal text in USD, before any free tier. */
	readonly costUsd: string;
	readonly requestBytes: number;
	readonly responseBytes: number;
}

/** A role's permissions beside the calls made with it. */
export interface PermissionReport {
	readonly roleArn: string;
	/** Action patterns of Allow statements that no call ever needed. */
	readonly grantedNeverCalled: readonly string[];
	/** Actions that were refused, with the resource of the first refusal. */
	readonly calledButDenied: readonly { readonly action: string; readonly resource: string }[];
	readonly calledAndAllowed: readonly string[];
}

export interface Sandbox {
	/** `http://127.0.0.1:PORT`: every service; set it as `AWS_ENDPOINT_URL`. */
	readonly endpoint: string;
	readonly clock: WorldClock;
	readonly world: World;
	readonly truth: Truth;
	/** The product's own account, whose roles customers' templates trust. */
	readonly hubAccountId: string;
	/**
	 * Keys that work in an account: of an administrator user, or a session of the named role (made
	 * on the spot when the account has none; it never expires, as a Lambda's own role renews itself).
	 */
	credentialsFor(accountId: string, as?: { readonly roleName: string }): Credentials;
	/** Creates or updates a stack's roles, as CloudFormation would. Returns the ARNs of its roles. */
	createStack(stack: RoleStack): string[];
	/** Deletes a stack's roles; sessions of it are refused from then on. */
	deleteStack(accountId: string, stackName?: string): void;
	addFault(request: FaultRequest): Fault;
	removeFault(id: string): void;
	calls(): CallCount[];
	resetCalls(): void;
	permissions(): PermissionReport[];
	/** What the process used since it began. */
	busy(): {
		/** Processor time, which a crowded machine does not lengthen. */
		readonly cpuMs: number;
		readonly elapsedMs: number;
		readonly residentBytes: number;
	};
	close(): Promise<void>;
}

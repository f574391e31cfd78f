import type { FunctionConfiguration } from './functionConfiguration.ts';
import type { Invocation, InvocationTotals } from './invocation.ts';
import type { ReplayOptions } from './replay/trace.ts';

/**
 * The simulated organisation: who exists, what is configured, what ran. Everything is a function of
 * the seed and of time, so nothing is stored and the past never changes. Services read this interface
 * and nothing else of the world.
 *
 * Times are epoch milliseconds of the world's clock. A range is half open, `[fromMs, toMs)`.
 */
export interface World {
	readonly options: WorldOptions;
	readonly organization: Organization;
	/** All accounts of the organisation whose fleet this is, the payer first. */
	readonly accounts: readonly WorldAccount[];
	/** Regions enabled in every account (the seventeen that AWS enables by default). */
	readonly regions: readonly string[];

	/** Also of the other organisation, in which nothing runs. */
	account(accountId: string): WorldAccount | null;
	/** The organisation of an account; `null` for accounts that are in none. */
	organizationOf(accountId: string): OrganizationAccounts | null;
	/** Functions that exist at `atMs` in one account and region, ascending by name as ListFunctions has them. */
	functions(accountId: string, region: string, atMs: number): readonly WorldFunction[];
	/** Every function that ever exists, of one account or of all. */
	allFunctions(accountId?: string): readonly WorldFunction[];
	/** `null` when no function of that name ever exists there; see `existsAt` for a point in time. */
	functionByName(accountId: string, region: string, name: string): WorldFunction | null;
	functionById(functionId: string): WorldFunction | null;
	existsAt(fn: WorldFunction, atMs: number): boolean;
	/** Configuration as it was at an instant, with versions and aliases published until then. */
	configuration(fn: WorldFunction, atMs: number): FunctionConfiguration;
	/** Releases and configuration changes, ascending. */
	deploys(fn: WorldFunction, range: TimeRange): readonly Deploy[];
	/** Scripted incidents that overlap the range, for people and tests to know what should be seen. */
	stories(range: TimeRange): readonly Story[];

	/** The exact invocations that start in the range, ascending by start. The ground truth. */
	invocations(functionId: string, range: TimeRange): Invocation[];
	/** Exact sums over the invocations that start in the range. */
	totals(functionId: string, range: TimeRange): InvocationTotals;
}

export interface WorldOptions {
	/** Same seed, same world. */
	readonly seed: number;
	/** Ordinary functions over all accounts; sentinels of faults come on top. */
	readonly functionCount: number;
	/** Nothing ran before this instant. */
	readonly beginsMs: number;
	/** Multiplies every rate of invocations; 1 is about 1.3 million a day at 240 functions. */
	readonly trafficScale: number;
	/** All twelve accounts are open, and run in 24 regions together. */
	readonly evenRegions: boolean;
	/** Adds an account whose functions carry the data faults, named by fault. */
	readonly faultLab: boolean;
	/** Adds an account whose traffic is a recorded trace; `null` for none. */
	readonly replay: ReplayOptions | null;
}

export interface TimeRange {
	readonly fromMs: number;
	readonly toMs: number;
}

export interface Organization {
	readonly id: string;
	readonly arn: string;
	/** The payer. */
	readonly managementAccountId: string;
	readonly managementAccountEmail: string;
}

/** An organisation with its accounts, the management account first. */
export interface OrganizationAccounts {
	readonly organization: Organization;
	/** The root of its units, which a StackSet names. */
	readonly rootId: string;
	readonly accounts: readonly WorldAccount[];
}

export interface WorldAccount {
	readonly id: string;
	readonly name: string;
	readonly email: string;
	readonly isPayer: boolean;
	readonly status: 'ACTIVE' | 'SUSPENDED';
	readonly joinedMs: number;
	/** When it was closed; `null` while open. A closed account answers AccessDenied to AssumeRole. */
	readonly closedMs: number | null;
	/** Actions that the connect role of this account lacks although the template grants them. */
	readonly deniedActions: readonly string[];
	/** Regions in which the account has functions. */
	readonly activeRegions: readonly string[];
	/** Lambda's limit of concurrent executions per region. */
	readonly concurrencyLimit: number;
}

/** The identity of a function; what can change over time is its `FunctionConfiguration`. */
export interface WorldFunction {
	/** Position in the world, stable for a seed. */
	readonly index: number;
	/** `account.region.name`. */
	readonly id: string;
	readonly accountId: string;
	readonly region: string;
	readonly name: string;
	/** Unqualified ARN. */
	readonly arn: string;
	readonly createdMs: number;
	/** `null` while it is not deleted. Metrics and logs outlive a function. */
	readonly deletedMs: number | null;
	/** For a replica of Lambda@Edge: the ARN of the function in us-east-1. */
	readonly edgeMasterArn: string | null;
}

export interface Deploy {
	readonly functionId: string;
	readonly atMs: number;
	/** The version that it published; `null` when versions are not published. */
	readonly version: string | null;
	readonly kind: 'code' | 'configuration';
	/** Who did it, as CloudTrail names them. */
	readonly actor: string;
	/** The event name in CloudTrail. */
	readonly eventName: 'UpdateFunctionCode20150331v2' | 'UpdateFunctionConfiguration20150331v2';
	readonly commit: string | null;
}

export interface Story {
	readonly id: string;
	readonly kind: StoryKind;
	readonly title: string;
	readonly fromMs: number;
	readonly toMs: number;
	readonly accountId: string;
	readonly functionIds: readonly string[];
}

export type StoryKind =
	| 'slow-deploy'
	| 'throttling'
	| 'runaway-recursion'
	| 'memory-leak'
	| 'timeouts'
	| 'silent-cron'
	| 'chatty-logs'
	| 'oversized-memory'
	| 'idle-provisioned'
	| 'memory-change'
	| 'bill-restated'
	| 'dependency-down'
	| 'new-error';

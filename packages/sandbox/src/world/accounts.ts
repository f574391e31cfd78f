import { replayAccountName } from './replay/drafts.ts';
import type { Organization, WorldAccount, WorldOptions } from './world.ts';

/** Regions that AWS enables in every account (EC2 user guide, Regions and Zones, read 2026-04). */
export const defaultRegions = [
	'ap-northeast-1',
	'ap-northeast-2',
	'ap-northeast-3',
	'ap-south-1',
	'ap-southeast-1',
	'ap-southeast-2',
	'ca-central-1',
	'eu-central-1',
	'eu-north-1',
	'eu-west-1',
	'eu-west-2',
	'eu-west-3',
	'sa-east-1',
	'us-east-1',
	'us-east-2',
	'us-west-1',
	'us-west-2',
] as const;

/** What a team runs decides which names, tools and languages its functions have. */
export type Domain = 'shop' | 'payments' | 'data' | 'identity' | 'web' | 'partner' | 'platform';
export type Stage = 'production' | 'staging' | 'development';

/** An account as the world is built from it: beside what AWS shows, what lives in it. */
export interface AccountPlan extends WorldAccount {
	readonly domain: Domain;
	readonly stage: Stage;
	/** Share of the generated functions. */
	readonly weight: number;
	/** Home region first; the others take a smaller part. */
	readonly activeRegions: readonly string[];
}

const day = 86_400_000;
/** 1 March 2023: when the organisation was made. */
const founded = Date.UTC(2023, 2, 1);

interface Draft {
	readonly id: string;
	readonly name: string;
	readonly domain: Domain;
	readonly stage: Stage;
	readonly weight: number;
	readonly regions: readonly string[];
	readonly closed?: boolean;
	readonly denied?: readonly string[];
	readonly limit?: number;
}

const eu = ['eu-west-1', 'us-east-1'];

// AWS's default limit of concurrent executions per region is 1,000 (Lambda quotas, read 2026-11);
// accounts made lately start lower until they are used.
const drafts: readonly Draft[] = [
	{
		id: '418205731964',
		name: 'meridian-management',
		domain: 'platform',
		stage: 'production',
		weight: 0.03,
		regions: ['us-east-1', 'eu-west-1'],
	},
	{
		id: '529316842075',
		name: 'shop-production',
		domain: 'shop',
		stage: 'production',
		weight: 0.22,
		regions: [...eu, 'ap-southeast-2'],
	},
	{
		id: '094751286330',
		name: 'shop-staging',
		domain: 'shop',
		stage: 'staging',
		weight: 0.12,
		regions: eu,
	},
	{
		id: '673018254917',
		name: 'shop-development',
		domain: 'shop',
		stage: 'development',
		weight: 0.08,
		regions: ['eu-west-1'],
	},
	{
		id: '731864095228',
		name: 'payments-production',
		domain: 'payments',
		stage: 'production',
		weight: 0.12,
		regions: eu,
	},
	{
		id: '286490517743',
		name: 'payments-staging',
		domain: 'payments',
		stage: 'staging',
		weight: 0.07,
		regions: ['eu-west-1'],
	},
	{
		id: '850273916406',
		name: 'data-production',
		domain: 'data',
		stage: 'production',
		weight: 0.14,
		regions: eu,
	},
	{
		id: '167935204881',
		name: 'data-development',
		domain: 'data',
		stage: 'development',
		weight: 0.06,
		regions: ['eu-west-1'],
		limit: 400,
	},
	{
		id: '392518760459',
		name: 'identity-production',
		domain: 'identity',
		stage: 'production',
		weight: 0.07,
		regions: eu,
	},
	{
		id: '945601837212',
		name: 'marketing-web',
		domain: 'web',
		stage: 'production',
		weight: 0.05,
		regions: ['us-east-1', 'eu-west-1'],
	},
	{
		id: '508147326695',
		name: 'partner-integrations',
		domain: 'partner',
		stage: 'production',
		weight: 0.04,
		regions: ['eu-west-1'],
		denied: ['logs:FilterLogEvents'],
	},
	{
		id: '216790483157',
		name: 'legacy-erp',
		domain: 'platform',
		stage: 'production',
		weight: 0,
		regions: ['eu-west-1'],
		closed: true,
	},
];

/** The account that carries data faults; its functions are named by the fault that they show. */
const faultLab: Draft = {
	id: '600913427758',
	name: 'lab-of-faults',
	domain: 'platform',
	stage: 'development',
	weight: 0,
	regions: ['eu-west-1'],
};

/** The account that a recorded trace is played in. */
const replay: Draft = {
	id: '337409158826',
	name: replayAccountName,
	domain: 'platform',
	stage: 'production',
	weight: 0,
	regions: ['eu-west-1'],
};

/** The least share of an account that is to run in two regions. */
const evenWeight = 0.03;

/** The same account, open to be read whole, and in two regions where it is in one. */
function evened(draft: Draft): Draft {
	const { closed, denied: _, regions, ...rest } = draft;
	const isOne = regions.length === 1 && closed !== true;
	return {
		...rest,
		regions: isOne ? eu : regions,
		weight: Math.max(draft.weight, evenWeight),
	};
}

/** The accounts of the organisation, the payer first. */
export function planAccounts(
	options: Pick<WorldOptions, 'evenRegions' | 'faultLab' | 'replay'>,
): AccountPlan[] {
	const all = [
		...(options.evenRegions ? drafts.map(evened) : drafts),
		...(options.faultLab ? [faultLab] : []),
		...(options.replay === null ? [] : [replay]),
	];
	return all.map((draft, index) => ({
		id: draft.id,
		name: draft.name,
		email: `aws+${draft.name}@meridian-goods.example`,
		isPayer: index === 0,
		status: draft.closed === true ? 'SUSPENDED' : 'ACTIVE',
		joinedMs: founded + index * 37 * day,
		// 30 September 2026. AWS lists a closed account as suspended for 90 days (AWS Organizations user
		// guide, "Closing a member account", read 2026-04); here it stays listed.
		closedMs: draft.closed === true ? Date.UTC(2026, 8, 30) : null,
		deniedActions: draft.denied ?? [],
		activeRegions: draft.regions,
		concurrencyLimit: draft.limit ?? 1000,
		domain: draft.domain,
		stage: draft.stage,
		weight: draft.weight,
	}));
}

/** The organisation of these accounts. */
export function organizationOf(id: string, accounts: readonly WorldAccount[]): Organization {
	const payer = accounts.find((account) => account.isPayer);
	if (payer === undefined) throw new RangeError('organizationOf: expected a payer');
	return {
		id,
		arn: `arn:aws:organizations::${payer.id}:organization/${id}`,
		managementAccountId: payer.id,
		managementAccountEmail: payer.email,
	};
}

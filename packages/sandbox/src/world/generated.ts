import type { AccountPlan, Domain, Stage } from './accounts.ts';
import { amplifyApp, appOf, pascal } from './apps.ts';
import type { Traffic } from './blueprint.ts';
import type { Draft } from './draft.ts';
import { hashText, mix, pick, unit } from './random.ts';
import type { AppMembership, Language, Trigger } from './functionConfiguration.ts';

type Toolkit = AppMembership['kind'];

interface DomainTraits {
	readonly entities: readonly string[];
	readonly verbs: readonly string[];
	readonly apps: readonly (readonly [name: string, kind: Toolkit, team: string])[];
	readonly costCenter: string;
}

const domains: Readonly<Record<Domain, DomainTraits>> = {
	shop: {
		entities: ['product', 'basket', 'stock', 'price', 'review', 'wishlist', 'coupon', 'delivery'],
		verbs: ['api', 'indexer', 'consumer', 'notifier', 'importer', 'cleanup', 'webhook', 'resolver'],
		apps: [
			['storefront', 'sst', 'storefront'],
			['catalogue', 'cdk', 'catalogue'],
			['fulfilment', 'serverless', 'fulfilment'],
			['checkout', 'sst', 'storefront'],
		],
		costCenter: 'CC-1100',
	},
	payments: {
		entities: ['payment', 'refund', 'ledger', 'payout', 'dispute', 'invoice', 'card', 'mandate'],
		verbs: ['api', 'processor', 'reconciler', 'notifier', 'exporter', 'consumer', 'authorizer'],
		apps: [
			['payments', 'sam', 'payments'],
			['fraud', 'cloudformation', 'risk'],
			['ledger', 'cdk', 'payments'],
		],
		costCenter: 'CC-2200',
	},
	data: {
		entities: ['clickstream', 'orders', 'inventory', 'sessions', 'campaign', 'supplier', 'parquet'],
		verbs: ['ingest', 'normalizer', 'loader', 'compactor', 'validator', 'partitioner', 'export'],
		apps: [
			['ingest', 'serverless', 'data-platform'],
			['warehouse', 'cdk', 'analytics'],
			['reporting', 'cloudformation', 'analytics'],
		],
		costCenter: 'CC-3100',
	},
	identity: {
		entities: ['login', 'session', 'mfa', 'consent', 'profile', 'device', 'invite'],
		verbs: ['api', 'issuer', 'verifier', 'cleanup', 'notifier', 'audit', 'trigger'],
		apps: [
			['identity', 'sst', 'identity'],
			['consent', 'sam', 'identity'],
		],
		costCenter: 'CC-4100',
	},
	web: {
		entities: ['campaign', 'newsletter', 'landing', 'survey', 'events', 'press'],
		verbs: ['render', 'form', 'preview', 'sitemap', 'image', 'redirect'],
		apps: [
			['campaign-site', 'amplify', 'growth'],
			['help-center', 'amplify', 'growth'],
			['events-site', 'sst', 'growth'],
		],
		costCenter: 'CC-5100',
	},
	partner: {
		entities: ['carrier', 'supplier', 'marketplace', 'edi', 'customs', 'returns'],
		verbs: ['gateway', 'poller', 'mapper', 'webhook', 'feed', 'ack'],
		apps: [
			['partner-gateway', 'serverless', 'integrations'],
			['edi', 'cloudformation', 'integrations'],
		],
		costCenter: 'CC-6100',
	},
	platform: {
		entities: ['guardrail', 'billing', 'dns', 'backup', 'certificate', 'org'],
		verbs: ['audit', 'report', 'rotator', 'sweeper', 'sync', 'enforcer'],
		apps: [['landing-zone', 'cloudformation', 'platform']],
		costCenter: 'CC-9000',
	},
};

// Share of functions with at most so many invocations a day: Azure Functions 2019, CDF points read
// off the published figures (Shahrad et al., USENIX ATC 2020; AzurePublicDataset, CC-BY-4.0).
const dailyInvocations: readonly (readonly [perDay: number, share: number])[] = [
	[0.02, 0],
	[0.1, 0.07],
	[0.5, 0.22],
	[1, 0.34],
	[10, 0.56],
	[24, 0.64],
	[96, 0.74],
	[288, 0.83],
	[1440, 0.93],
	[10_000, 0.97],
	[86_400, 0.99],
	// The trace's tail goes far beyond; a fleet that one laptop can read stops here.
	[110_000, 1],
];

// Share of functions whose mean duration is at most so many milliseconds: same source. Above ten
// seconds the tail is cut, since request-driven Lambda functions rarely live there.
const meanDurationMs: readonly (readonly [ms: number, share: number])[] = [
	[5, 0],
	[20, 0.06],
	[100, 0.32],
	[300, 0.58],
	[1000, 0.82],
	[3000, 0.94],
	[10_000, 1],
];

/** The value at a share, log-linear between the points of a distribution. */
function quantile(points: readonly (readonly [number, number])[], share: number): number {
	for (let i = 1; i < points.length; i++) {
		const [lowValue, lowShare] = points[i - 1] ?? [1, 0];
		const [highValue, highShare] = points[i] ?? [1, 1];
		if (share > highShare) continue;
		const part = (share - lowShare) / (highShare - lowShare);
		return Math.exp(Math.log(lowValue) + part * (Math.log(highValue) - Math.log(lowValue)));
	}
	return points.at(-1)?.[0] ?? 1;
}

interface Place {
	readonly account: AccountPlan;
	readonly region: string;
}

/** The generated function at a position among `count`: the long tail behind the cast. */
export function generate(
	position: number,
	facts: { count: number; seed: number; accounts: readonly AccountPlan[] },
): Draft {
	const hash = mix(facts.seed, position, 0x5eed);
	const { account, region } = placeOf(hash, facts.accounts);
	const traits = domains[account.domain];
	const [appName, kind, team] = pick(traits.apps, hash >>> 4);
	const entity = pick(traits.entities, hash >>> 7);
	const verb = pick(traits.verbs, hash >>> 12);
	const trigger = triggerOf(verb, hash);
	const owned = unit(hash, 1);
	const app = owned < 0.12 ? null : membership(appName, kind, account.stage);
	return {
		name: nameOf({ app, entity, verb, position }),
		accountId: account.id,
		region,
		language: languageOf(hash, kind),
		image: unit(hash, 3) < 0.05,
		trigger,
		traffic: trafficOf({ position, trigger, hash, stage: account.stage, ...facts }),
		timeoutSeconds: trigger === 'http' ? 29 : pick([30, 60, 120, 300], hash >>> 9),
		memoryMib: pick([128, 256, 512, 512, 1024, 1536], hash >>> 15),
		work: {
			medianMs: quantile(meanDurationMs, unit(hash, 4)) * 0.9,
			sigma: 0.3 + 0.5 * unit(hash, 5),
		},
		app,
		team: owned < 0.2 ? null : team,
		costCenter: unit(hash, 6) < 0.3 ? null : traits.costCenter,
		settings: generatedSettings(hash),
	};
}

function generatedSettings(hash: number): NonNullable<Draft['settings']> {
	const roll = unit(hash, 7);
	if (roll < 0.015) return { reservedConcurrency: 25 };
	if (roll < 0.03) return { ephemeralStorageMib: 1024 };
	return {};
}

function placeOf(hash: number, accounts: readonly AccountPlan[]): Place {
	const total = accounts.reduce((sum, account) => sum + account.weight, 0);
	let left = unit(hash, 2) * total;
	const account = accounts.find((candidate) => (left -= candidate.weight) < 0) ?? accounts[0];
	if (account === undefined) throw new RangeError('generate: expected accounts');
	const home = account.activeRegions[0] ?? 'us-east-1';
	const away = account.activeRegions.slice(1);
	const region = away.length > 0 && unit(hash, 8) < 0.3 ? pick(away, hash >>> 6) : home;
	return { account, region };
}

function membership(name: string, kind: Toolkit, stage: Stage): AppMembership {
	if (kind === 'amplify')
		return amplifyApp(name, name === 'help-center' ? 'Astro' : 'Next.js - SSR');
	return appOf(kind, name, stage);
}

function languageOf(hash: number, kind: Toolkit): Language {
	if (kind === 'amplify') return 'node';
	return pick(
		['node', 'node', 'node', 'node', 'python', 'python', 'python', 'java', 'go', 'dotnet', 'rust'],
		mix(hash, 9),
	);
}

function triggerOf(verb: string, hash: number): Trigger {
	if (/^(api|resolver|authorizer|gateway|render|form|verifier|issuer|image|preview)$/.test(verb)) {
		return 'http';
	}
	if (/^(cleanup|audit|poller|report|sweeper|sync|rotator|export|compactor)$/.test(verb)) {
		return 'schedule';
	}
	if (/^(consumer|processor|loader|normalizer)$/.test(verb)) return 'sqs';
	return pick(['async', 'async', 'sqs', 'direct'], mix(hash, 10));
}

function trafficOf(facts: {
	position: number;
	count: number;
	seed: number;
	trigger: Trigger;
	hash: number;
	stage: Stage;
}): Traffic {
	// Ranks are spread evenly over the distribution, in an order of the seed's choosing, so that a
	// small fleet has its share of hot functions too.
	const stride = coprimeTo(facts.count, 7 + (facts.seed % 1000));
	const rank = ((facts.position * stride) % facts.count) + 0.5;
	const perDay = quantile(dailyInvocations, rank / facts.count);
	if (facts.trigger === 'schedule' && perDay < 1500) {
		const everyMinutes = pick([1440, 1440, 720, 360, 60, 60, 30, 15, 5], facts.hash >>> 3);
		return { kind: 'cron', everyMinutes, offsetMinutes: (facts.hash >>> 8) % everyMinutes };
	}
	const quiet = facts.stage === 'production' ? 1 : 0.08;
	return {
		kind: 'random',
		perDay: perDay * quiet,
		swing: facts.stage === 'production' ? 0.3 + 0.6 * unit(facts.hash, 11) : 0.95,
		weekend: facts.stage === 'production' ? 0.4 + 0.7 * unit(facts.hash, 12) : 0.05,
		peakHourUtc: facts.stage === 'production' ? 11 + 8 * unit(facts.hash, 13) : 13,
	};
}

function coprimeTo(count: number, start: number): number {
	const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
	let candidate = Math.max(1, Math.floor(count * 0.618) + (start % 7));
	while (divisor(candidate, count) !== 1) candidate++;
	return candidate;
}

const stageSuffix: Readonly<Record<string, string>> = {
	production: 'prod',
	staging: 'staging',
	development: 'dev',
	main: 'main',
};

/** The name as the toolkit would make it; `position` keeps names apart once the words are used up. */
function nameOf(facts: {
	app: AppMembership | null;
	entity: string;
	verb: string;
	position: number;
}): string {
	const { app, entity, verb, position } = facts;
	const number = position >= 400 ? `-${position}` : '';
	const plain = `${entity}-${verb}${number}`;
	if (app === null) return plain;
	const stage = stageSuffix[app.stage ?? ''] ?? 'prod';
	const stem = `${app.name}-${stage}`;
	const tail = hashText(`${stem}/${plain}`, position).toString(36).padStart(7, '0');
	const long = `${entity}-${verb}`;
	switch (app.kind) {
		case 'sst':
			return `${stem}-${pascal(long)}${number}-${tail.slice(0, 6)}`;
		case 'amplify':
			return `amplify-${app.amplifyAppId ?? ''}-main-${long}${number}-${tail.slice(0, 5)}`;
		case 'serverless':
			return `${stem}-${plain}`;
		case 'sam':
			return `${stem}-${pascal(long)}Function${number}-${tail.toUpperCase()}`;
		case 'cdk':
			return `${pascal(app.name)}Stack-${stage}-${pascal(long)}${number}-${tail.toUpperCase()}`;
		case 'cloudformation':
			return `${plain}-${stage}`;
	}
}

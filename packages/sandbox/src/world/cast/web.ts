import { amplifyApp, appOf } from '../apps.ts';
import type { Draft } from '../draft.ts';
import { at, type Home, rate } from './home.ts';

/** Sites on Amplify and the functions behind them. */
export function web(accountId: string): Draft[] {
	const home = (name: string, framework: string): Home => ({
		accountId,
		region: 'us-east-1',
		app: amplifyApp(name, framework),
		team: 'growth',
		costCenter: 'CC-5100',
	});
	const small = { language: 'node', trigger: 'http', memoryMib: 256 } as const;
	return [
		at(home('campaign-site', 'Next.js - SSR'), 'campaign-signup', {
			...small,
			traffic: rate(2_600),
		}),
		at(home('campaign-site', 'Next.js - SSR'), 'campaign-newsletter', {
			...small,
			trigger: 'async',
			traffic: rate(700),
		}),
		at(home('help-center', 'Astro'), 'help-search', { ...small, traffic: rate(1_900) }),
		at(home('careers', 'Nuxt - SSR'), 'careers-apply', { ...small, traffic: rate(120) }),
	];
}

/** Lambda@Edge: a function in us-east-1 that does not run itself, and replicas that do. */
export function edge(accountId: string): Draft[] {
	const name = 'edge-session-router';
	const master = `arn:aws:lambda:us-east-1:${accountId}:function:${name}`;
	const base = {
		language: 'node',
		trigger: 'edge',
		memoryMib: 128,
		architecture: 'x86_64',
		timeoutSeconds: 5,
		release: { alias: null },
		logs: { format: 'Text', linesPerRun: 1 },
	} as const;
	const home = (region: string): Home => ({
		accountId,
		region,
		app: appOf('cloudformation', 'edge-routing', 'production'),
		team: 'storefront',
		costCenter: 'CC-1100',
	});
	const replica = (region: string, perDay: number): Draft => ({
		...at(home(region), `us-east-1.${name}`, {
			...base,
			traffic: rate(perDay),
			work: { medianMs: 3 },
		}),
		settings: { edgeMasterArn: master },
	});
	return [
		at(home('us-east-1'), name, { ...base, traffic: rate(0) }),
		replica('eu-west-1', 22_000),
		replica('us-east-1', 9_000),
		replica('ap-southeast-2', 4_000),
	];
}

/** Forty functions that all ask the stock ledger: when it is down, they fail together. */
export function fulfilment(home: Home): Draft[] {
	const entities = ['order', 'shipment', 'return', 'refund', 'parcel'];
	const verbs = ['create', 'update', 'cancel', 'notify', 'sync', 'export', 'reconcile', 'archive'];
	const languages = ['node', 'python', 'java', 'go', 'dotnet'] as const;
	return entities.flatMap((entity, row) =>
		verbs.map((verb, column) => ({
			...at({ ...home, team: 'fulfilment', costCenter: 'CC-1200' }, `${entity}-${verb}`, {
				language: languages[(row + column) % languages.length] ?? 'node',
				trigger: column % 3 === 0 ? 'http' : column % 3 === 1 ? 'sqs' : 'async',
				traffic: rate(1_500 + 170 * ((row * 8 + column) % 11)),
				settings: { errorShare: 0.0008 },
			} as const),
			key: `fulfilment:${entity}-${verb}`,
		})),
	);
}

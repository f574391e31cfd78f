import type { FunctionRow, FunctionGroup } from '@lamplight/api/contract/functions';
import type { AppLabel, FunctionLabel } from '@lamplight/api/contract/shared';

import { daily, figures, iso, nowMs, dayMs, random } from './figures.ts';

const appNames = [
	'rates',
	'labels',
	'tracking',
	'customs-docs',
	'checkout',
	'ledger',
	'notify',
	'identity',
];
const verbs = [
	'quote',
	'render',
	'ingest',
	'authorise',
	'capture',
	'refund',
	'score',
	'sync',
	'export',
	'notify',
];
const nouns = [
	'rates',
	'label',
	'event',
	'basket',
	'order',
	'invoice',
	'address',
	'manifest',
	'session',
	'report',
];
const owners = [
	'Pricing',
	'Documents',
	'Tracking',
	'Documents',
	'Payments',
	'Finance systems',
	'Customer',
	'Platform',
];
export const accounts = [
	{ id: '111122223333', name: 'shop-prod' },
	{ id: '222233334444', name: 'rates-prod' },
	{ id: '333344445555', name: null },
];
const regions = ['eu-west-1', 'us-east-1'];

/** So many functions that scrolling has to be virtual. */
const size = Number(process.env['FAKE_FUNCTIONS'] ?? 1_200);

function appLabel(index: number): AppLabel {
	const name = appNames[index % appNames.length] ?? 'rates';
	return { id: `sst:${name}/prod`, name, stage: 'prod', kind: 'sst', framework: null };
}

export function label(row: FunctionRow): FunctionLabel {
	const { id, name, accountId, accountName, region, app } = row;
	return { id, name, accountId, accountName, region, app };
}

function makeRow(index: number): FunctionRow {
	const next = random(index * 7919 + 13);
	const account = accounts[index % accounts.length] ?? { id: '111122223333', name: null };
	const region = regions[index % 7 === 0 ? 1 : 0] ?? 'eu-west-1';
	const name =
		index === 0
			? 'checkout-authorise'
			: `${verbs[index % 10]}-${nouns[Math.floor(index / 10) % 10]}${index < 100 ? '' : `-${Math.floor(index / 100)}`}`;
	const invocations = Math.round(2_184_310 / (1 + index * 0.35) ** 1.1);
	const memoryMib = [256, 512, 1024, 2048, 3008][index % 5] ?? 512;
	const p95Ms = Math.round(40 + next() * 900);
	const timeoutMs = index % 4 === 0 ? 10_000 : 30_000;
	const app = index % 13 === 12 ? null : appLabel(index === 0 ? 4 : index);
	return {
		id: `${account.id}.${region}.${name}` as FunctionRow['id'],
		name,
		accountId: account.id,
		accountName: account.name,
		region,
		app,
		owner: app === null ? null : (owners[appNames.indexOf(app.name)] ?? null),
		runtime: index % 9 === 8 ? 'python3.14' : 'nodejs24.x',
		architecture: index % 6 === 5 ? 'x86_64' : 'arm64',
		memoryMib,
		timeoutMs,
		reservedConcurrency: index === 0 ? 150 : null,
		billingMode: 'on-demand',
		lastDeployAt: iso(nowMs - Math.round(next() * 30 * dayMs)),
		goneAt: null,
		group: null,
		figures: figures({
			invocations,
			errorShare: index === 0 ? 0.0684 : next() * 0.002,
			p95Ms,
			memoryMib,
			costUsd: (invocations / 1e6) * (0.2 + (memoryMib / 1024) * p95Ms * 0.0133),
			timeoutMs,
			...(index % 17 === 3
				? { provenance: 'estimated' as const, completeness: 'partial' as const }
				: {}),
			...(index % 23 === 4 ? { completeness: 'provisional' as const } : {}),
		}),
		spark: daily(index + 3, 48, 1_800_000, Math.max(4, invocations / 96)),
	};
}

export const fleet: readonly FunctionRow[] = Array.from({ length: size }, (_, index) =>
	makeRow(index),
);

export function rowOf(id: string): FunctionRow {
	const row = fleet.find((one) => one.id === id) ?? fleet[0];
	if (row === undefined) throw new Error('the fake fleet is empty');
	return row;
}

/** The sum of rows as one row's figures. */
export function sumOf(rows: readonly FunctionRow[]) {
	const invocations = rows.reduce((sum, row) => sum + row.figures.invocations, 0);
	const errors = rows.reduce((sum, row) => sum + (row.figures.errors ?? 0), 0);
	const cost = rows.reduce((sum, row) => sum + Number(row.figures.cost?.amount ?? 0), 0);
	return {
		...figures({
			invocations,
			errorShare: errors / Math.max(1, invocations),
			p95Ms: 341,
			memoryMib: 1024,
			costUsd: cost,
			timeoutMs: 30_000,
			provenance: 'mixed',
			completeness: 'partial',
		}),
		errors,
		p99OfTimeout: null,
		memoryUsedShare: null,
		memoryUsedMib: null,
	};
}

function keyOf(row: FunctionRow, by: string): string | null {
	if (by === 'app') return row.app?.id ?? null;
	if (by === 'owner') return row.owner;
	if (by === 'account') return row.accountId;
	if (by === 'region') return row.region;
	if (by === 'runtime') return row.runtime;
	return by === 'architecture' ? row.architecture : null;
}

export function groupRows(rows: readonly FunctionRow[], by: string): FunctionGroup[] {
	const groups = new Map<string, FunctionRow[]>();
	for (const row of rows) {
		const key = keyOf(row, by) ?? '-';
		groups.set(key, [...(groups.get(key) ?? []), row]);
	}
	return [...groups].map(([key, members]) => ({
		key,
		label:
			key === '-'
				? null
				: by === 'app'
					? (members[0]?.app?.name ?? key)
					: by === 'account'
						? (members[0]?.accountName ?? key)
						: key,
		app: by === 'app' ? (members[0]?.app ?? null) : null,
		owner: members[0]?.owner ?? null,
		count: members.length,
		figures: sumOf(members),
		spark: daily(members.length, 48, 1_800_000, 100),
		lastDeployAt: members[0]?.lastDeployAt ?? null,
	}));
}

export function filterRows(query: URLSearchParams): FunctionRow[] {
	const q = (query.get('q') ?? '').toLowerCase();
	const any = (name: string, value: string | null) => {
		const wanted = query.getAll(name);
		return wanted.length === 0 || wanted.includes(value ?? '-');
	};
	const by = query.get('groupBy');
	const group = query.get('group');
	return fleet.filter(
		(row) =>
			`${row.name} ${row.app?.name ?? ''} ${row.accountName ?? row.accountId}`
				.toLowerCase()
				.includes(q) &&
			any('app', row.app?.id ?? null) &&
			any('account', row.accountId) &&
			any('region', row.region) &&
			any('runtime', row.runtime) &&
			any('architecture', row.architecture) &&
			any('owner', row.owner) &&
			(group === null || by === null || (keyOf(row, by) ?? '-') === group),
	);
}

const sorts: Record<string, (row: FunctionRow) => number | string> = {
	name: (row) => row.name,
	app: (row) => row.app?.name ?? '~',
	owner: (row) => row.owner ?? '~',
	account: (row) => row.accountId,
	region: (row) => row.region,
	runtime: (row) => row.runtime ?? '~',
	memory: (row) => row.memoryMib,
	invocations: (row) => row.figures.invocations,
	errors: (row) => row.figures.errors ?? -1,
	errorShare: (row) => row.figures.errorShare ?? -1,
	throttles: (row) => row.figures.throttles ?? -1,
	p95: (row) => row.figures.p95Ms ?? -1,
	cost: (row) => Number(row.figures.cost?.amount ?? -1),
};

export function sortRows(rows: readonly FunctionRow[], query: URLSearchParams): FunctionRow[] {
	const pick = sorts[query.get('sort') ?? 'cost'] ?? sorts['cost'];
	const sign = (query.get('order') ?? 'desc') === 'desc' ? -1 : 1;
	if (pick === undefined) return [...rows];
	return [...rows].sort((one, other) => {
		const [a, b] = [pick(one), pick(other)];
		return (a < b ? -1 : a > b ? 1 : 0) * sign;
	});
}

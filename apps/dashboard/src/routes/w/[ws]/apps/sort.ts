import type { AppRow } from '@lamplight/api/contract/apps';

export const appSorts = ['name', 'functions', 'invocations', 'errors', 'p95', 'cost'] as const;
export type AppSort = (typeof appSorts)[number];

const picks: Readonly<Record<AppSort, (row: AppRow) => number | string | null>> = {
	name: ({ app }) => app.name.toLowerCase(),
	functions: ({ functions }) => functions,
	invocations: ({ figures }) => figures.invocations,
	errors: ({ figures }) => figures.errorShare,
	p95: ({ figures }) => figures.p95Ms,
	cost: ({ figures }) => (figures.cost === null ? null : Number(figures.cost.amount)),
};

/** Apps in the order asked for; what is not known comes last in both directions. */
export function sortApps(rows: readonly AppRow[], sort: string, order: 'asc' | 'desc'): AppRow[] {
	const pick = picks[appSorts.find((one) => one === sort) ?? 'cost'];
	const sign = order === 'asc' ? 1 : -1;
	return [...rows].sort((one, other) => {
		const [a, b] = [pick(one), pick(other)];
		if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
		return a < b ? -sign : a > b ? sign : 0;
	});
}

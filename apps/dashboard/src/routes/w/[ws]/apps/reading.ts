import type { AppPage, AppsPage } from '@lamplight/api/contract/apps';

import { money } from '#lib/format/money.ts';
import { countShort, errorShare, plural, share } from '#lib/format/number.ts';
import { duration } from '#lib/format/quantity.ts';
import { b, type Reading } from '#lib/ui/reading.ts';

const failingShare = 0.01;
/** Fewer failures than this are not worth naming, whatever their share. */
const worthNaming = 20;

/** How many apps there are, which costs most, and which fails most. */
export function appsReading(page: AppsPage): Reading {
	if (page.rows.length === 0)
		return [
			'No app has been recognised. Functions of an SST app, a stack or a chosen tag are shown together here.',
		];
	const amount = (row: AppsPage['rows'][number]) => Number(row.figures.cost?.amount ?? 0);
	const [dearest] = [...page.rows].sort((one, other) => amount(other) - amount(one));
	const [worst] = page.rows
		.filter(({ figures }) => (figures.errors ?? 0) >= worthNaming)
		.sort((one, other) => (other.figures.errorShare ?? 0) - (one.figures.errorShare ?? 0));
	const total = Number(page.total.cost?.amount ?? 0);
	return [
		b(plural(page.rows.length, 'app')),
		` ran ${countShort(page.total.invocations)} times`,
		...(page.total.cost === null ? ['.'] : [' for ', b(money(page.total.cost.amount)), '.']),
		...(dearest === undefined || total === 0
			? []
			: [` ${dearest.app.name} is ${share(amount(dearest) / total, 0)} of the money.`]),
		...(worst === undefined || (worst.figures.errorShare ?? 0) < failingShare
			? [' None fails unusually often.']
			: [` ${worst.app.name} fails most: `, b(errorShare(worst.figures.errorShare)), '.']),
	];
}

/** What one app did, failed and cost. */
export function appReading({ app, previous }: AppPage): Reading {
	const { figures } = app;
	if (figures.invocations === 0) return ['None of its functions ran in this span.'];
	const before = previous.errorShare;
	const worse =
		figures.errorShare !== null &&
		before !== null &&
		figures.errorShare > before * 1.5 &&
		figures.errorShare >= failingShare;
	return [
		`${plural(app.functions, 'function')} ran `,
		b(`${countShort(figures.invocations)} times`),
		`, p95 ${duration(figures.p95Ms)}. `,
		b(errorShare(figures.errorShare)),
		` failed${worse ? `, before ${errorShare(before)}` : ''}.`,
		...(figures.cost === null ? [] : [' It cost ', b(money(figures.cost.amount)), '.']),
	];
}

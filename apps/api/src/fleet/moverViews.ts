import type { Mover } from '../contract/overview.ts';
import { deployBefore, type Story } from './attention.ts';
import { labelOf } from './connections.ts';
import { changeText, labelOfDeploy } from './deploys.ts';
import { memo } from './memo.ts';
import { movesOf } from './movers.ts';
import { instant } from './range.ts';

const perMeasure = 3;
const most = 10;

/**
 * What moved most against the span before, each with the deploy that may be its cause; `null` where
 * nothing is known of that span: it is not the same as nothing having moved.
 */
export function moversOf(story: Story): Mover[] | null {
	const { fleet, names, sparks } = story;
	if (fleet.previousTotal === null) return null;
	return memo(fleet, 'moves', () => movesOf(fleet, perMeasure))
		.slice(0, most)
		.map(({ item, measure, before, after, better }) => ({
			function: labelOf(item.fn, names),
			measure,
			before: round(before),
			after: round(after),
			better,
			spark: sparks.of(item, measure === 'errorShare' ? item.errorSpark : item.spark),
			cause: causeOf(story, item),
		}));
}

function causeOf(
	{ fleet, deploys }: Story,
	item: Parameters<typeof deployBefore>[1],
): Mover['cause'] {
	const deploy = deployBefore(deploys, item, fleet.range.toMs, 0);
	if (deploy === null) return null;
	const own = deploy.members.filter(({ functionId }) => functionId === item.fn.id);
	const members = own.length > 0 ? own : deploy.members;
	const changed = changeText(members);
	return {
		kind: changed === null ? 'deploy' : 'configuration',
		deployId: deploy.id,
		at: instant(deploy.atMs),
		text: changed ?? labelOfDeploy(members) ?? 'deploy',
	};
}

function round(value: number): number {
	return Math.round(value * 1e6) / 1e6;
}

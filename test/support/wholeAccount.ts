import type { World } from '@lamplight/sandbox/world/world';

/** An ordinary account of a world, active in so many regions, of which everything may be read; throws without one. */
export function wholeAccount(world: World, regions = 1): World['accounts'][number] {
	const found = world.accounts.find(
		({ activeRegions, deniedActions, isPayer }) =>
			activeRegions.length >= regions && deniedActions.length === 0 && !isPayer,
	);
	if (found === undefined) throw new Error(`no account is whole and active in ${regions} regions`);
	return found;
}

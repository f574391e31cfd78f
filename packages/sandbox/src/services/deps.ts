import type { LivingWorld } from '../world/create.ts';

/** What every service gets: the world it tells about. Time and faults come with each call. */
export interface ServiceDeps {
	readonly world: LivingWorld;
}

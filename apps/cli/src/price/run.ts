import { LamplightError } from '@lamplight/core/errors';

/** Runs `lamplight price`; returns the exit code. */
export async function run(_args: string[]): Promise<number> {
	throw new LamplightError('unavailable', 'not in this build yet');
}

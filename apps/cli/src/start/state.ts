import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod';

import { LamplightError } from '@lamplight/core/errors';

import type { StartOptions } from './options.ts';

const stateSchema = z.object({
	mode: z.enum(['simulated', 'profile']),
	seed: z.number().int(),
	functions: z.number().int(),
	/** The trace that is played beside the fleet; `null` for none. */
	replayPath: z.string().nullable().default(null),
	/** Signs cookies, cursors and invitation links. */
	secret: z.string().min(32),
	/** Kept, so that the issuer of tokens stays the same from start to start. */
	identityPort: z.number().int().nullable(),
});

/** What a data folder is for, kept so that the next start finds its own. */
export type StartState = z.infer<typeof stateSchema>;

const statePath = (folder: string) => join(folder, 'state.json');

/**
 * The state of the data folder, made on the first start. Throws `conflict` when the folder holds
 * another world's data, `data_damaged` when it cannot be read.
 */
export function startState(options: StartOptions): StartState {
	const path = statePath(options.dataFolder);
	const mode = options.awsProfile === undefined ? 'simulated' : 'profile';
	if (existsSync(path))
		return sameState(readState(path), {
			...options,
			mode,
			replayPath: options.replay?.path ?? null,
		});
	const state: StartState = {
		mode,
		seed: options.seed,
		functions: options.functions,
		replayPath: options.replay?.path ?? null,
		secret: randomBytes(32).toString('base64url'),
		identityPort: null,
	};
	saveState(options.dataFolder, state);
	return state;
}

/** Writes the state, readable by nobody else. */
export function saveState(folder: string, state: StartState): void {
	writeFileSync(statePath(folder), `${JSON.stringify(state, null, '\t')}\n`, { mode: 0o600 });
}

function readState(path: string): StartState {
	try {
		return stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
	} catch (error) {
		throw new LamplightError(
			'data_damaged',
			`${path} is damaged: begin again with --fresh, or choose another folder with --data`,
			{ cause: error },
		);
	}
}

function sameState(
	state: StartState,
	wanted: Pick<StartState, 'mode' | 'seed' | 'functions' | 'replayPath'> &
		Pick<StartOptions, 'dataFolder'>,
): StartState {
	const sameWorld =
		state.seed === wanted.seed &&
		state.functions === wanted.functions &&
		state.replayPath === wanted.replayPath;
	if (state.mode === wanted.mode && (state.mode === 'profile' || sameWorld)) return state;
	const holds =
		state.mode === 'profile'
			? 'what was read from a real account'
			: `the simulated world of --seed ${state.seed} --functions ${state.functions}${replayOf(state)}`;
	throw new LamplightError(
		'conflict',
		`the data folder ${wanted.dataFolder} holds ${holds}: begin again with --fresh, or choose another folder with --data`,
	);
}

const replayOf = ({ replayPath }: StartState) =>
	replayPath === null ? '' : ` --replay ${replayPath}`;

import type { AccountPlan } from './accounts.ts';
import type { Blueprint } from './blueprint.ts';
import { cast } from './cast/cast.ts';
import { complete } from './draft.ts';
import { faultLabDrafts } from './faultLab.ts';
import { generate } from './generated.ts';
import type { Recurrence } from './grid.ts';
import { hashText, mix } from './random.ts';
import { replayAccountName, replayDrafts } from './replay/drafts.ts';
import { readTrace } from './replay/trace.ts';
import type { Effect, Storyline } from './storylines.ts';
import { storylines } from './storylines.ts';
import type { WorldFunction, WorldOptions } from './world.ts';

/** A function with everything that its behaviour is computed from. */
export interface Member extends WorldFunction {
	readonly blueprint: Blueprint;
	/** Makes its randomness its own. */
	readonly seed: number;
	/** Its hours begin at this minute, so that environments are not recycled all at once. */
	readonly hourOffsetMinutes: number;
	readonly parts: readonly Part[];
}

/** A function's part in a story. */
export interface Part {
	readonly story: Storyline;
	readonly grid: Recurrence;
	readonly effect: Effect;
	readonly lead: boolean;
}

/** The day from which ages are counted. */
const epochMs = Date.UTC(2026, 2, 1);
const dayMs = 86_400_000;

/** All functions of the world: the cast, the generated tail, the sentinels of faults, those of a trace. */
export function assemble(options: WorldOptions, accounts: readonly AccountPlan[]): Member[] {
	const idOf = (name: string): string => {
		const account = accounts.find((candidate) => candidate.name === name);
		if (account === undefined) throw new RangeError(`cast: no account is called ${name}`);
		return account.id;
	};
	const players = cast(idOf).slice(0, options.functionCount);
	const count = options.functionCount - players.length;
	const names = new Set<string>();
	const members: Member[] = [];
	const add = (draft: Parameters<typeof complete>[0]) => {
		const id = `${draft.accountId}.${draft.region}.${draft.name}`;
		const name = names.has(id) ? `${draft.name}-${members.length}` : draft.name;
		names.add(id);
		members.push(memberOf(complete({ ...draft, name }, options.seed), members.length, options));
	};
	players.forEach(add);
	const facts = { count, seed: options.seed, accounts };
	for (let i = 0; i < count; i++) add(generate(i, facts));
	if (options.faultLab) faultLabDrafts(idOf('lab-of-faults')).forEach(add);
	if (options.replay !== null) {
		replayDrafts(readTrace(options.replay), idOf(replayAccountName)).forEach(add);
	}
	return members;
}

function memberOf(blueprint: Blueprint, index: number, options: WorldOptions): Member {
	const { accountId, region, name } = blueprint;
	const id = `${accountId}.${region}.${name}`;
	const seed = hashText(id, options.seed);
	return {
		index,
		id,
		accountId,
		region,
		name,
		arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
		createdMs: epochMs - blueprint.ageDays * dayMs + (seed % dayMs),
		deletedMs: null,
		edgeMasterArn: blueprint.edgeMasterArn,
		blueprint,
		seed,
		// A recorded hour is one of the trace's.
		hourOffsetMinutes: blueprint.traffic.kind === 'recorded' ? 0 : mix(seed, 0x0ff5e7) % 60,
		parts: blueprint.key === null ? [] : partsOf(blueprint.key, options.seed),
	};
}

function partsOf(key: string, seed: number): Part[] {
	return storylines.flatMap((story): Part[] => {
		const plays = (keys: readonly string[]) =>
			keys.some((name) => (name.endsWith(':') ? key.startsWith(name) : key === name));
		const grid = { ...story, seed: hashText(story.id, seed) };
		if (plays(story.cast)) return [{ story, grid, effect: story.effect, lead: true }];
		if (story.bystanderEffect !== undefined && plays(story.bystanders ?? [])) {
			return [{ story, grid, effect: story.bystanderEffect, lead: false }];
		}
		return [];
	});
}

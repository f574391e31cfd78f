import { parseArgs } from 'node:util';

/** How long, how large and how fast a soak is. */
export interface SoakOptions {
	/** Of real time, without the start and the judging. */
	readonly minutes: number;
	readonly functions: number;
	readonly users: number;
	/** The most world minutes in a real one. */
	readonly fastest: number;
}

const flags = {
	minutes: { about: 'of real time under load', otherwise: 30, least: 1, most: 1_440 },
	functions: { about: 'of the simulated world', otherwise: 1_000, least: 1, most: 10_000 },
	users: { about: 'who click at the same time', otherwise: 5, least: 1, most: 100 },
	fastest: { about: 'world minutes in a real one, at most', otherwise: 60, least: 1, most: 600 },
} as const;

const names = Object.keys(flags) as (keyof SoakOptions)[];

/** One line a flag. */
export const usage = names
	.map(
		(name) =>
			`  --${name} N`.padEnd(18) + `${flags[name].about} (default ${flags[name].otherwise})`,
	)
	.join('\n');

/** The options of a soak. Throws RangeError, or parseArgs's own TypeError, naming the flag. */
export function parseSoakOptions(args: readonly string[]): SoakOptions {
	const { values } = parseArgs({
		args: [...args],
		options: {
			minutes: { type: 'string' },
			functions: { type: 'string' },
			users: { type: 'string' },
			fastest: { type: 'string' },
		},
	});
	const number = (name: keyof SoakOptions): number => {
		const { otherwise, least, most } = flags[name];
		const value = values[name] === undefined ? otherwise : Number(values[name]);
		if (Number.isInteger(value) && value >= least && value <= most) return value;
		throw new RangeError(
			`--${name}: expected a whole number from ${least} to ${most}, got ${values[name]}`,
		);
	};
	return {
		minutes: number('minutes'),
		functions: number('functions'),
		users: number('users'),
		fastest: number('fastest'),
	};
}

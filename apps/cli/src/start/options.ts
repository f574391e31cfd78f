import { resolve } from 'node:path';

import { cac } from 'cac';
import * as z from 'zod';

import { LamplightError, type FieldProblem } from '@lamplight/core/errors';

const whole = (min: number, max: number) =>
	z.coerce
		.number({ error: `expected a whole number from ${min} to ${max}` })
		.int(`expected a whole number from ${min} to ${max}`)
		.min(min, `expected ${min} or more`)
		.max(max, `expected ${max} or less`);

/** The most functions the simulated world is made for. */
const mostFunctions = 10_000;

const optionsSchema = z.object({
	port: whole(1, 65_535).default(4400),
	data: z.string().min(1).default('.lamplight'),
	fresh: z.boolean().default(false),
	seed: whole(0, 2 ** 31 - 1).default(1),
	functions: whole(1, mostFunctions).default(240),
	replay: z.string().min(1).optional(),
	replayFunctions: z.string().min(1).optional(),
	at: z.iso
		.datetime({ offset: true, error: 'expected a time like 2026-11-23T15:40:00Z' })
		.transform((text) => Date.parse(text))
		.optional(),
	awsProfile: z.string().min(1).optional(),
	region: z.string().optional(),
	budget: z.coerce.number().nonnegative().default(5),
	yes: z.boolean().default(false),
	showAwsEnv: z.boolean().default(false),
	ready: z.boolean().default(false),
});

/** A published trace to play in an account of the simulated world; absolute paths. */
export interface Replay {
	readonly path: string;
	readonly functionsPath?: string;
}

type Parsed = z.infer<typeof optionsSchema>;

export type StartOptions = Readonly<Omit<Parsed, 'data' | 'replay' | 'replayFunctions'>> & {
	readonly replay: Replay | null;
	/** The data folder, absolute. */
	readonly dataFolder: string;
};

const flags = cac('lamplight start');
flags
	.option('--port <port>', 'port of the dashboard and the API', { default: 4400 })
	.option('--data <folder>', 'where everything is kept', { default: '.lamplight' })
	.option('--fresh', 'delete what the data folder holds first')
	.option('--seed <number>', 'another simulated world', { default: 1 })
	.option('--functions <count>', 'functions of the simulated world', { default: 240 })
	.option('--replay <file>', 'play a published trace in one more account of the simulated world')
	.option(
		'--replay-functions <file>',
		'with --replay: the functions, where the trace has no durations',
	)
	.option('--at <time>', 'begin the simulated world at this time instead of now; with --fresh')
	.option('--aws-profile <name>', 'watch a real account with a profile of yours instead')
	.option('--region <codes>', 'with --aws-profile: only these regions, separated by commas')
	.option('--budget <usd>', 'with --aws-profile: the most that watching may cost a month', {
		default: 5,
	})
	.option('--yes', 'with --aws-profile: do not ask before the first call')
	.option('--show-aws-env', 'print endpoint and keys of the simulated AWS for other clients')
	.option('--ready', 'print one JSON line when everything is up, for scripts')
	.usage('[options]');
flags.help();

/** The options of `lamplight start`; `null` when help was asked for and printed. Throws `invalid_input`. */
export function parseStartOptions(args: readonly string[], cwd: string): StartOptions | null {
	const { args: words, options } = flags.parse(['node', 'lamplight start', ...args], {
		run: false,
	});
	const { '--': _rest, help, h: _h, ...given } = options as Record<string, unknown>;
	if (help === true) return null;
	const problems = [...words.map(wordProblem), ...Object.keys(given).flatMap(nameProblem)];
	const parsed = optionsSchema.safeParse(given);
	if (!parsed.success)
		problems.push(...parsed.error.issues.map((issue) => problemOf(issue, given)));
	// An option without its value arrives as `true`, which a number would be made of.
	problems.push(...Object.keys(given).flatMap((name) => valueProblem(name, given[name], problems)));
	if (!parsed.success || problems.length > 0) {
		const message = problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
		throw new LamplightError('invalid_input', message, { fields: problems });
	}
	const { data, replay, replayFunctions, ...rest } = parsed.data;
	return {
		...rest,
		dataFolder: resolve(cwd, data),
		replay: replayOf(cwd, replay, replayFunctions),
	};
}

/** npm swallows options that come before the two dashes, and passes on their values alone. */
const wordProblem = (word: string): FieldProblem => ({
	path: word,
	message: 'not an option; options come after two dashes: npm start -- --port 4500',
});

const nameProblem = (name: string): FieldProblem[] =>
	name in optionsSchema.shape
		? []
		: [{ path: `--${kebab(name)}`, message: 'not an option of start; --help lists them' }];

function problemOf(
	issue: z.core.$ZodIssue,
	given: Readonly<Record<string, unknown>>,
): FieldProblem {
	const name = String(issue.path[0]);
	const path = `--${kebab(name)}`;
	if (given[name] === true) return { path, message: 'expected a value' };
	return { path, message: issue.message, received: String(given[name]) };
}

/** Options that are on or off. */
const switches: ReadonlySet<string> = new Set(['fresh', 'yes', 'showAwsEnv', 'ready']);

function valueProblem(
	name: string,
	value: unknown,
	known: readonly FieldProblem[],
): FieldProblem[] {
	const path = `--${kebab(name)}`;
	if (value !== true || switches.has(name)) return [];
	return known.some((problem) => problem.path === path)
		? []
		: [{ path, message: 'expected a value' }];
}

function replayOf(
	cwd: string,
	path: string | undefined,
	functionsPath: string | undefined,
): Replay | null {
	if (path === undefined) {
		if (functionsPath === undefined) return null;
		throw new LamplightError('invalid_input', '--replay-functions says nothing without --replay');
	}
	return {
		path: resolve(cwd, path),
		...(functionsPath === undefined ? {} : { functionsPath: resolve(cwd, functionsPath) }),
	};
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

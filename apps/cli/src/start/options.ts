import { resolve } from 'node:path';

import { cac } from 'cac';
import * as z from 'zod';

import { LamplightError, type FieldProblem } from '@lamplight/core/errors';

const whole = (name: string, min: number, max: number) =>
	z.coerce
		.number({ error: `expected a whole number from ${min} to ${max}` })
		.int(`${name}: expected a whole number`)
		.min(min, `expected ${min} or more`)
		.max(max, `expected ${max} or less`);

/** The most functions the simulated world is made for. */
const mostFunctions = 10_000;

const optionsSchema = z.object({
	port: whole('port', 1, 65_535).default(4400),
	data: z.string().min(1).default('.lamplight'),
	fresh: z.boolean().default(false),
	seed: whole('seed', 0, 2 ** 31 - 1).default(1),
	functions: whole('functions', 1, mostFunctions).default(240),
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
	const { options } = flags.parse(['node', 'lamplight start', ...args], { run: false });
	const { '--': _rest, help, h: _h, ...given } = options as Record<string, unknown>;
	if (help === true) return null;
	const problems: FieldProblem[] = Object.keys(given)
		.filter((name) => !(name in optionsSchema.shape))
		.map((name) => ({ path: `--${name}`, message: 'is not an option of start' }));
	const parsed = optionsSchema.safeParse(given);
	if (!parsed.success) {
		for (const issue of parsed.error.issues) {
			const path = `--${kebab(String(issue.path[0]))}`;
			problems.push({
				path,
				message: issue.message,
				received: String(given[String(issue.path[0])]),
			});
		}
	}
	if (!parsed.success || problems.length > 0) {
		const message = problems.map((problem) => `${problem.path} ${problem.message}`).join('; ');
		throw new LamplightError('invalid_input', message, { fields: problems });
	}
	const { data, replay, replayFunctions, ...rest } = parsed.data;
	return {
		...rest,
		dataFolder: resolve(cwd, data),
		replay: replayOf(cwd, replay, replayFunctions),
	};
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

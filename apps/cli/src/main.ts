import { LamplightError } from '@lamplight/core/errors';

/** What a command's module exports: it takes the words after its name and returns the exit code. */
interface CommandModule {
	run(args: string[]): Promise<number>;
}

interface Command {
	readonly about: string;
	/** Loaded only when asked for: `report` must not pay for what `start` imports. */
	load(): Promise<CommandModule>;
}

/** Every command of `lamplight`, in the order in which the help lists them. */
export const commands: Readonly<Record<string, Command>> = {
	start: {
		about: 'run all of Lamplight on this machine, on a simulated AWS',
		load: () => import('./start/run.ts'),
	},
	report: {
		about: 'price the executions in exported Lambda logs; needs no AWS account',
		load: () => import('./report/run.ts'),
	},
	price: {
		about: 'price a stated month of usage, line by line, with rate, source and date',
		load: () => import('./price/run.ts'),
	},
	bill: {
		about: 'read AWS bills (CUR, FOCUS) and show what Lambda and its logs cost; export FOCUS',
		load: () => import('./bill/run.ts'),
	},
};

/** Exit codes that every command shares. Warnings do not change 0: they are printed. */
export const exitCodes = { done: 0, failed: 1, badInput: 2 } as const;

/**
 * Runs one command and returns its exit code: 0 done, 1 failed, 2 unusable input or usage.
 * Never throws: an error of ours is printed as one sentence with its fields, any other as a fault.
 */
export async function main(args: readonly string[]): Promise<number> {
	stopQuietlyWhenReaderLeaves();
	const [name, ...rest] = args;
	if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
		process.stdout.write(help());
		return exitCodes.done;
	}
	const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
	if (command === undefined) {
		process.stderr.write(`lamplight: no command named ${JSON.stringify(name)}\n\n${help()}`);
		return exitCodes.badInput;
	}
	try {
		const loaded = await command.load();
		return await loaded.run(rest);
	} catch (error) {
		process.stderr.write(`${explain(name, error)}\n`);
		return error instanceof LamplightError && badInputCodes.has(error.code)
			? exitCodes.badInput
			: exitCodes.failed;
	}
}

/** A conflict is with what another option would have avoided: a port, or a data folder. */
const badInputCodes: ReadonlySet<string> = new Set([
	...['invalid_input', 'not_found', 'too_large', 'conflict'],
]);

function help(): string {
	const width = Math.max(...Object.keys(commands).map((name) => name.length));
	const lines = Object.entries(commands).map(
		([name, { about }]) => `  ${name.padEnd(width)}  ${about}`,
	);
	return `Usage: lamplight COMMAND [ARGUMENTS]\n\n${lines.join('\n')}\n\n\`lamplight COMMAND --help\` says more.\n`;
}

function explain(name: string, error: unknown): string {
	if (error instanceof LamplightError) {
		const fields = error.fields.map(
			({ path, message, received }) =>
				`${path}: ${message}${received === undefined ? '' : `, got ${received}`}`,
		);
		// Most errors are made of their fields: then the fields alone say all of it.
		const isRepeated = error.fields.every(({ path, message }) =>
			error.message.includes(`${path}: ${message}`),
		);
		if (fields.length > 0 && isRepeated) return `lamplight ${name}: ${fields.join('; ')}`;
		return [`lamplight ${name}: ${error.message}`, ...fields].join('\n  ');
	}
	const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
	return `lamplight ${name}: this is a fault in lamplight, please report it:\n${text}`;
}

/** `lamplight report … | head` closes our output early; that is the reader's right, not a failure. */
function stopQuietlyWhenReaderLeaves(): void {
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code === 'EPIPE') process.exit(exitCodes.done);
		throw error;
	});
}

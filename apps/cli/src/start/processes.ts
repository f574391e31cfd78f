import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

import { LamplightError } from '@lamplight/core/errors';

import { PartLog } from './partLog.ts';

/**
 * How long a part may take to say that it is ready, and how long to end before it is killed. One that
 * fails ends at once: the first only waits for a slow machine that builds the dashboard at the same time.
 */
const readyTimeoutMs = 90_000;
const stopTimeoutMs = 8_000;

/** The last lines of a part's complaints that are shown when it does not come up. */
const shownComplaintLines = 5;

export interface PartSpec {
	readonly name: string;
	/** The module that the part runs. */
	readonly script: string;
	/** Passed as JSON in the first argument. */
	readonly options?: unknown;
	readonly env?: Readonly<Record<string, string>>;
	/** Called with every JSON line after the ready line, such as progress. */
	readonly onMessage?: (message: Record<string, unknown>) => void;
}

const endWithParent = pathToFileURL(join(import.meta.dirname, 'endWithParent.mjs')).href;

interface Part {
	readonly name: string;
	readonly child: ChildProcess;
	readonly ended: Promise<void>;
}

/**
 * The parts of one start as a process tree: each is a Node process of its own that prints one JSON
 * line with `ready: true`; what it says goes to a log file. They are stopped in reverse order.
 */
export class ProcessTree {
	readonly #parts: Part[] = [];
	readonly #logFolder: string;
	readonly #onUnexpectedEnd: (name: string, code: number | null) => void;
	#stopping = false;

	constructor(logFolder: string, onUnexpectedEnd: (name: string, code: number | null) => void) {
		mkdirSync(logFolder, { recursive: true });
		this.#logFolder = logFolder;
		this.#onUnexpectedEnd = onUnexpectedEnd;
	}

	/**
	 * Starts a part and returns its ready line. Throws `unavailable` with what it complained of, and
	 * once the tree is being stopped: a start that is cut short must not leave its later parts behind.
	 */
	async start(spec: PartSpec): Promise<Record<string, unknown>> {
		if (this.#stopping) {
			throw new LamplightError('unavailable', `stopped before ${spec.name} was started`);
		}
		const options = JSON.stringify(spec.options ?? {});
		const child = spawn(process.execPath, ['--import', endWithParent, spec.script, options], {
			env: { ...process.env, ...spec.env },
			stdio: ['pipe', 'pipe', 'pipe'],
			// A group of its own: Ctrl-C reaches us alone, and we end the parts in order.
			detached: true,
			windowsHide: true,
		});
		const log = new PartLog(join(this.#logFolder, `${spec.name}.log`));
		const complaints: string[] = [];
		createInterface({ input: child.stderr }).on('line', (line) => {
			log.write(line);
			complaints.push(line);
			if (complaints.length > shownComplaintLines) complaints.shift();
		});
		const ended = new Promise<void>((resolve) => {
			child.once('exit', (code) => {
				log.end();
				resolve();
				if (!this.#stopping) this.#onUnexpectedEnd(spec.name, code);
			});
		});
		this.#parts.push({ name: spec.name, child, ended });
		return await new Promise((resolve, reject) => {
			const fail = (why: string) => {
				reject(
					new LamplightError(
						'unavailable',
						`${spec.name} did not start: ${why}\n${complaints.join('\n')}`,
					),
				);
			};
			const timer = setTimeout(
				() => fail(`not ready within ${readyTimeoutMs / 1000} s`),
				readyTimeoutMs,
			);
			child.once('exit', (code) => {
				clearTimeout(timer);
				fail(`it ended with code ${code ?? 'none'}`);
			});
			createInterface({ input: child.stdout }).on('line', (line) => {
				const message = asMessage(line);
				if (message?.['ready'] === true) {
					// Not into the log: a ready line may carry a secret from part to part.
					clearTimeout(timer);
					resolve(message);
					return;
				}
				log.write(line);
				if (message !== null) spec.onMessage?.(message);
			});
		});
	}

	/** Ends every part, newest first; kills what does not end by itself. Safe to call twice. */
	async stop(): Promise<void> {
		this.#stopping = true;
		for (const { child, ended } of this.#parts.toReversed()) {
			if (child.exitCode !== null || child.signalCode !== null) continue;
			child.kill('SIGTERM');
			const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
			await ended;
			clearTimeout(timer);
		}
	}
}

function asMessage(line: string): Record<string, unknown> | null {
	if (!line.startsWith('{')) return null;
	try {
		const parsed: unknown = JSON.parse(line);
		return typeof parsed === 'object' ? (parsed as Record<string, unknown>) : null;
	} catch {
		return null;
	}
}

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { root } from './needs.ts';

/** What `lamplight start --ready` prints once everything is up. */
export interface ReadyLine {
	readonly ready: true;
	readonly url: string;
	/** One-time sign-in links by role of the demo member. */
	readonly signInLinks: Readonly<Record<string, string>>;
	readonly workspaceId: string;
	readonly sandboxEndpoint: string | null;
	readonly secondsToReady: number;
}

export interface Product extends ReadyLine {
	readonly pid: number;
	/** Everything it printed so far. */
	output(): string;
	/**
	 * Sends Ctrl-C to the whole group, as a terminal does, and resolves once every process is gone.
	 * The shell that npm runs scripts in may die of the signal itself, so npm's own code says nothing.
	 */
	stop(): Promise<void>;
}

export interface ProductOptions {
	/** The copy to start; the repository itself when left out. */
	readonly folder?: string;
	readonly args?: readonly string[];
	readonly dataFolder?: string;
	/** Variables beside those of a machine that never saw AWS. */
	readonly environment?: Readonly<Record<string, string>>;
}

const readyTimeoutMs = 180_000;

/** Starts the whole product as a stranger would, on free ports and an empty data folder. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
	const folder = options.folder ?? root;
	const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'lamplight-product-'));
	const port = await freePort();
	const args = ['start', '--silent', '--', '--ready', '--port', String(port), '--data', dataFolder];
	const child = spawn('npm', [...args, ...(options.args ?? [])], {
		cwd: folder,
		env: { ...cleanEnvironment(), ...options.environment },
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
	});
	let output = '';
	child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
	const ready = await untilReady(
		child,
		(line) => (output += `${line}\n`),
		() => output,
	);
	const pid = child.pid ?? 0;
	return {
		...ready,
		pid,
		output: () => output,
		stop: async () => {
			await interrupt(child);
			await allGone(dataFolder);
			if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
		},
	};
}

async function untilReady(
	child: ChildProcess & { stdout: NodeJS.ReadableStream },
	onLine: (line: string) => void,
	output: () => string,
): Promise<ReadyLine> {
	return await new Promise((resolve, reject) => {
		const fail = (why: string) => reject(new Error(`the product ${why}:\n${output()}`));
		const timer = setTimeout(() => {
			void interrupt(child);
			fail(`was not ready within ${readyTimeoutMs / 1000} s`);
		}, readyTimeoutMs);
		child.once('exit', (code) => {
			clearTimeout(timer);
			fail(`ended with code ${code}`);
		});
		createInterface({ input: child.stdout }).on('line', (line) => {
			onLine(line);
			if (!line.startsWith('{"ready":true')) return;
			clearTimeout(timer);
			resolve(JSON.parse(line) as ReadyLine);
		});
	});
}

/** Ctrl-C in a terminal reaches the whole foreground group; so does this. */
async function interrupt(child: ChildProcess): Promise<number | null> {
	if (child.exitCode !== null || child.pid === undefined) return child.exitCode;
	const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
	process.kill(-child.pid, 'SIGINT');
	return await ended;
}

const goneTimeoutMs = 30_000;

/** Every part is told its data folder: none may be left behind. */
async function allGone(dataFolder: string): Promise<void> {
	const endMs = performance.now() + goneTimeoutMs;
	while (processesWith(dataFolder).length > 0) {
		if (performance.now() > endMs) {
			throw new Error(`still running: ${processesWith(dataFolder).join('; ')}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

/** The environment without anything of AWS's, as on a machine that never saw it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) =>
				!name.startsWith('AWS_') && !name.startsWith('npm_') && !name.startsWith('VITEST'),
		),
	);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** Processes whose command line holds the text, without this one; Linux only, elsewhere empty. */
export function processesWith(text: string): string[] {
	const pids = (() => {
		try {
			return readdirSync('/proc').filter(
				(name) => /^\d+$/.test(name) && Number(name) !== process.pid,
			);
		} catch {
			return [];
		}
	})();
	return pids.flatMap((pid) => {
		try {
			const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
			return command.includes(text) ? [command] : [];
		} catch {
			return [];
		}
	});
}

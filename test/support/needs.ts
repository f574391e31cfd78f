import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The repository's root, whatever folder a test runs in. */
export const root = join(import.meta.dirname, '..', '..');

/** Older models do not know today's runtimes and members, and would call them mistakes. */
const newBoto3 =
	'import boto3; assert tuple(map(int, boto3.__version__.split(".")[:2])) >= (1, 40)';

/** Things a test may need that neither Node nor npm bring. Every skip in the suite has its reason here. */
const needs = {
	chromium: {
		reason: 'no Chromium at /usr/bin/chromium (set CHROMIUM_PATH)',
		found: () => existsSync(chromiumPath()),
	},
	awsCli: { reason: 'no aws command on PATH', found: () => runs(awsCommand(), ['--version']) },
	boto3: {
		reason: 'no python3 with boto3 1.40 or newer',
		found: () => runs('python3', ['-c', newBoto3]),
	},
	moto: {
		reason: 'no moto_server command (pip install "moto[server]")',
		found: () => runs('moto_server', ['--help']),
	},
	java: { reason: 'no java command on PATH', found: () => runs('java', ['-version']) },
	sharedData: {
		reason: 'no shared data folder beside the repository (set LAMPLIGHT_SHARED_DATA)',
		found: () => existsSync(join(sharedData(), 'README.md')),
	},
	sstPlatform: {
		reason: 'no .sst/platform (run `npm run sst:install`)',
		found: () => existsSync(join(root, '.sst', 'platform', 'package.json')),
	},
} as const;

export type Need = keyof typeof needs;

/**
 * `null` when the thing is there, else the reason to skip. With `REQUIRE_ALL=1` a missing thing
 * is an error, so that continuous integration can never pass by skipping.
 */
export function missing(need: Need): string | null {
	const { reason, found } = needs[need];
	if (found()) return null;
	if (process.env['REQUIRE_ALL'] === '1') throw new Error(`REQUIRE_ALL=1, but ${reason}`);
	return reason;
}

/** Servers and clients of AWS's protocols that others wrote, and the tests that compare us with each. */
const peers = {
	boto3: 'test/contract/independentClient.test.ts',
	moto: 'test/contract/independentServer.test.ts',
} as const;

/**
 * Tests that a run leaves out because a peer of ours cannot be had there. `LAMPLIGHT_WITHOUT_PEERS=1`
 * excuses what is absent and nothing else: a peer that is found is compared with, whatever is said.
 */
export function excusedTests(
	environment: NodeJS.ProcessEnv = process.env,
	isThere: (peer: keyof typeof peers) => boolean = (peer) => needs[peer].found(),
): string[] {
	if (environment['LAMPLIGHT_WITHOUT_PEERS'] !== '1') return [];
	return (Object.keys(peers) as (keyof typeof peers)[])
		.filter((peer) => !isThere(peer))
		.map((peer) => peers[peer]);
}

/** The browser that whole-page tests drive. */
export function chromiumPath(): string {
	return process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
}

/** The `aws` command that tests may run: Debian's, unless told otherwise. */
export function awsCommand(): string {
	const debian = '/usr/bin/aws';
	return process.env['AWS_CLI_PATH'] ?? (existsSync(debian) ? debian : 'aws');
}

/** Real log lines, bills, price lists and traces; not part of the project. */
export function sharedData(): string {
	return process.env['LAMPLIGHT_SHARED_DATA'] ?? join(root, '..', 'shared', 'data');
}

function runs(command: string, args: string[]): boolean {
	try {
		execFileSync(command, args, { stdio: 'ignore', timeout: 20_000 });
		return true;
	} catch {
		return false;
	}
}

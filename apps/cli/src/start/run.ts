import { join } from 'node:path';

import colors from 'picocolors';

import { LamplightError } from '@lamplight/core/errors';

import { compose, repository, type Composed } from './compose.ts';
import { askConsent } from './consent.ts';
import { builtDashboard } from './dashboardBuild.ts';
import { parseStartOptions, type StartOptions } from './options.ts';
import {
	emptyDataFolder,
	lockDataFolder,
	prepareDataFolder,
	requireFreePort,
} from './preflight.ts';
import { ProcessTree } from './processes.ts';
import { profileSource } from './profileSource.ts';
import { backfillProgress } from './progress.ts';
import { simulatedSource } from './simulatedSource.ts';
import type { Source } from './source.ts';
import { startState, type StartState } from './state.ts';

const say = (line = '') => process.stdout.write(`${line}\n`);

/**
 * `lamplight start`: runs until Ctrl-C, or until a part fails. Exit code 0 after Ctrl-C, else 1. Throws
 * `conflict` for a data folder that is in use or of another world, and for a port that is taken.
 */
export async function run(args: string[]): Promise<number> {
	const options = parseStartOptions(args, process.cwd());
	if (options === null) return 0;
	const source = sourceOf(options);
	if (options.awsProfile !== undefined) {
		const { awsProfile: profile, budget: budgetUsdPerMonth, yes } = options;
		if (!(await askConsent({ profile, budgetUsdPerMonth, yes }))) return 0;
	}
	prepareDataFolder(options.dataFolder);
	// Before the port, which the start that holds the folder has as well: the folder says more. And before
	// anything is deleted.
	const release = lockDataFolder(options.dataFolder);
	try {
		await requireFreePort(options.port);
		if (options.fresh) emptyDataFolder(options.dataFolder);
		return await startAndWait(options, { source, state: startState(options) });
	} finally {
		release();
	}
}

function sourceOf(options: StartOptions): Source {
	const { awsProfile: profile, region: regions, budget: budgetUsdPerMonth } = options;
	return profile === undefined
		? simulatedSource(options)
		: profileSource({ profile, regions, budgetUsdPerMonth, clock: Date.now });
}

interface Starting {
	readonly source: Source;
	readonly state: StartState;
}

async function startAndWait(options: StartOptions, { source, state }: Starting): Promise<number> {
	const startedMs = performance.now();
	const aheadMs = options.at === undefined ? 0 : options.at - Date.now();
	const clock = () => Date.now() + aheadMs;
	const end = new Ending();
	const logs = join(options.dataFolder, 'logs');
	const tree = new ProcessTree(logs, (name, code) =>
		end.because(
			1,
			`${name} ended by itself with code ${code ?? 'none'}: see ${join(logs, name)}.log`,
		),
	);
	const progress = backfillProgress(process.stdout);
	try {
		say(
			colors.dim(
				source.simulated
					? 'Starting Lamplight on a simulated AWS. Nothing leaves this machine.'
					: 'Starting Lamplight. What it reads stays on this machine.',
			),
		);
		const dashboardFolder = builtDashboard(join(repository, 'apps/dashboard'), () =>
			say(colors.dim('  building the dashboard (once)')),
		);
		dashboardFolder.catch(() => undefined);
		const composed = await Promise.race([
			compose({
				options,
				source,
				state,
				tree,
				dashboardFolder,
				step: (what) => say(colors.dim(`  ${what}`)),
				onJobsMessage: progress.hear,
				clock,
			}),
			end.failed,
		]);
		await Promise.race([progress.firstData, end.reason]);
		const secondsToReady = (performance.now() - startedMs) / 1000;
		announce({ options, composed, source, secondsToReady });
		progress.show();
		const { code, why } = await end.reason;
		progress.stop();
		if (why !== null) process.stderr.write(`lamplight start: ${why}\n`);
		else say(colors.dim('\nStopping.'));
		return code;
	} finally {
		progress.stop();
		await tree.stop();
	}
}

interface Announcement {
	readonly options: StartOptions;
	readonly composed: Composed;
	readonly source: Source;
	readonly secondsToReady: number;
}

function announce({ options, composed, source, secondsToReady }: Announcement): void {
	const { url, signInLinks } = composed;
	const world = source.simulated ? `a ${colors.yellow('simulated')} world` : source.workspaceName;
	say();
	say(`  ${colors.bold('Lamplight')} watches ${world}: ${url}`);
	say(`  Sign in once with ${colors.underline(signInLinks['owner'] ?? url)}`);
	say(
		colors.dim(
			`  Ready after ${secondsToReady.toFixed(1)} s. Data: ${options.dataFolder}. Stop with Ctrl-C.`,
		),
	);
	say(colors.dim("  For one team's evaluation on one machine; not a service."));
	if (options.showAwsEnv && composed.awsEnvironment !== null) {
		say();
		say(colors.dim('  Other AWS clients reach the simulated AWS with:'));
		for (const [name, value] of Object.entries(composed.awsEnvironment))
			say(`export ${name}=${value}`);
	}
	say();
	if (options.ready) {
		const { workspaceId, sandboxEndpoint } = composed;
		const line = { ready: true, url, workspaceId, signInLinks, sandboxEndpoint, secondsToReady };
		say(JSON.stringify(line));
	}
}

/** Why a start ends: a signal, or the first part that fails. */
class Ending {
	readonly reason: Promise<{ readonly code: number; readonly why: string | null }>;
	/** Rejects when the start ends before it is up. */
	readonly failed: Promise<never>;
	readonly because: (code: number, why: string | null) => void;

	constructor() {
		const { promise, resolve } = Promise.withResolvers<{ code: number; why: string | null }>();
		this.reason = promise;
		this.because = (code, why) => resolve({ code, why });
		this.failed = promise.then(({ why }) => {
			throw new LamplightError('unavailable', why ?? 'stopped before it was up');
		});
		this.failed.catch(() => undefined);
		// Not `once`: npm passes on the Ctrl-C that the whole group has heard already, and the second
		// one must not end us before the parts are down.
		for (const signal of ['SIGINT', 'SIGTERM'] as const)
			process.on(signal, () => this.because(0, null));
	}
}

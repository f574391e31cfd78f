import { LamplightError } from '@lamplight/core/errors';

import { runBackfill } from './backfill/run.ts';
import { runCompact } from './compact/run.ts';
import { runFunctions } from './collect/functions.ts';
import { runTotals } from './collect/totals.ts';
import { runDeploys } from './deploys/run.ts';
import type { JobDeps } from './deps.ts';
import { runEvaluate } from './evaluate/run.ts';
import { runInventory } from './inventory/run.ts';
import { type Message, messageSchema } from './message.ts';
import { runPurge } from './purge/run.ts';
import { runRollup } from './rollup/run.ts';
import { runVerify } from './verify/run.ts';

/** A message's text as a message. Throws `data_damaged`, naming the field, when it is none. */
export function parseMessage(body: string): Message {
	let value: unknown;
	try {
		value = JSON.parse(body);
	} catch (cause) {
		throw new LamplightError('data_damaged', 'A queue message is not JSON.', { cause });
	}
	const parsed = messageSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const path = issue?.path.join('.') ?? '';
	throw new LamplightError('data_damaged', `A queue message is not understood: ${path}.`);
}

/**
 * Does a message's work. Throwing gives it back to the queue. Readers of bills and makers of files are
 * loaded when one is asked for: most workers never do.
 */
export async function dispatch(deps: JobDeps, message: Message): Promise<void> {
	switch (message.kind) {
		case 'verify':
			return runVerify(deps, message);
		case 'totals':
			return runTotals(deps, message);
		case 'functions':
			return runFunctions(deps, message);
		case 'inventory':
			return runInventory(deps, message);
		case 'deploys':
			return runDeploys(deps, message);
		case 'backfill':
			return runBackfill(deps, message);
		case 'compact':
			return runCompact(deps, message);
		case 'evaluate':
			return runEvaluate(deps, message);
		case 'purge':
			return runPurge(deps, message);
		case 'rollup':
			return runRollup(deps, message);
		case 'bill':
			return (await import('./bill/run.ts')).runBill(deps, message);
		case 'export':
			return (await import('./export/run.ts')).runExport(deps, message);
	}
}

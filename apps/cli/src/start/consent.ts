import { createInterface } from 'node:readline/promises';

import { permissionsFor } from '@lamplight/core/connection/permissions';
import { LamplightError } from '@lamplight/core/errors';
import {
	backfillDays,
	estimateWatchCost,
	type WatchPlan,
} from '@lamplight/core/watchcost/estimate';

import { profileFeatures } from './profileSource.ts';

/** A fleet to price before the first call, when nothing is known of the real one yet. */
const assumed = (functions: number): WatchPlan => ({
	activeRegions: 2,
	idleRegions: 15,
	functions,
	busyFunctions: Math.ceil(functions / 100),
	readsEveryMinutes: 10,
	logs: true,
	payer: true,
});

const usd = (amount: number) => `$${amount.toFixed(2)}`;

interface ConsentOptions {
	readonly profile: string;
	readonly budgetUsdPerMonth: number;
}

/** What is about to be called with a person's own keys, what AWS charges for it, and the cap. */
export function consentText({ profile, budgetUsdPerMonth }: ConsentOptions): string {
	const actions = permissionsFor(profileFeatures).map(({ action }) => action);
	const hundred = estimateWatchCost(assumed(100));
	const thousand = estimateWatchCost(assumed(1000));
	const charged = thousand.lines.filter(({ usdPerMonth }) => usdPerMonth > 0);
	return [
		`With the profile ${profile}, Lamplight will call these, and nothing else:`,
		...wrap(['sts:GetCallerIdentity', ...actions].join(', ')),
		'All of them only read. AWS charges for these a month, for 1,000 functions in two active regions:',
		...charged.map(
			({ call, action, usdPerMonth, why }) =>
				`  ${usd(usdPerMonth).padStart(7)}  ${call} (${action}): ${why}`,
		),
		`  ${usd(thousand.usdPerMonth).padStart(7)}  in all; about ${usd(hundred.usdPerMonth)} for 100 functions`,
		`Reading the past ${backfillDays} days costs at most ${usd(thousand.backfillUsd)} once for 1,000 functions, a third where nothing fails; it stops at $1.00.`,
		`The cap is ${usd(budgetUsdPerMonth)} a month: near it, Lamplight reads less often (--budget changes it).`,
	].join('\n');
}

/** Asks on the terminal. Throws `invalid_input` where nobody can answer and `--yes` was not given. */
export async function askConsent(
	options: ConsentOptions & { readonly yes: boolean },
): Promise<boolean> {
	process.stdout.write(`${consentText(options)}\n`);
	if (options.yes) return true;
	if (!process.stdin.isTTY) {
		throw new LamplightError(
			'invalid_input',
			'nobody can be asked before the first call, since this is no terminal: add --yes to agree',
		);
	}
	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	try {
		const answer = await terminal.question('Go ahead? [y/N] ');
		return /^y(es)?$/i.test(answer.trim());
	} finally {
		terminal.close();
	}
}

const lineWidth = 96;

function wrap(text: string): string[] {
	const lines: string[] = [];
	let line = ' ';
	for (const word of text.split(' ')) {
		if (line.length + word.length + 1 > lineWidth) {
			lines.push(line);
			line = ' ';
		}
		line += ` ${word}`;
	}
	return [...lines, line];
}

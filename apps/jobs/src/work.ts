import { minuteMs } from '@lamplight/core/time';

import type { JobDeps } from './deps.ts';
import { dispatch, parseMessage } from './dispatch.ts';
import { type Delivery, tellingItsEnd } from './ending.ts';
import type { Message } from './message.ts';

/** A reading this late is skipped: the next one asks for the same hour. */
const staleAfterMs = 10 * minuteMs;

/** Works one message off, unless a later one of the same kind has made it pointless. */
export async function workMessage(deps: JobDeps, body: string, delivery?: Delivery): Promise<void> {
	const message = parseMessage(body);
	const work = () => workOnce(deps, message);
	await (delivery === undefined ? work() : tellingItsEnd(deps, { message, delivery }, work));
}

async function workOnce(deps: JobDeps, message: Message): Promise<void> {
	const key = `done ${subject(message)}`;
	const doneMs = Number(deps.memory.get(key) ?? '-1');
	const isLate = deps.clock() - message.plannedMs > staleAfterMs;
	if (isRepeated(message) && (message.plannedMs < doneMs || isLate)) {
		deps.log('skipped', { kind: message.kind, plannedMs: message.plannedMs });
		return;
	}
	await dispatch(deps, message);
	deps.memory.set(key, String(Math.max(doneMs, message.plannedMs)));
}

/** What a reading that comes again and again reads, and for when it was planned. */
export interface Repeat {
	readonly subject: string;
	readonly plannedMs: number;
}

/**
 * A message as one of many that ask for the same hour, of which the latest makes the others pointless;
 * `null` for work of which each piece counts, and for what nobody understands.
 */
export function repeatOf(body: string): Repeat | null {
	try {
		const message = parseMessage(body);
		if (!isRepeated(message)) return null;
		// Counts and concurrency are asked for seldom: the totals of the next minute are not in their place.
		const { counts = false, concurrency = counts } = message.kind === 'totals' ? message : {};
		const more = `${counts ? ' counts' : ''}${concurrency ? ' concurrency' : ''}`;
		return { subject: `${subject(message)}${more}`, plannedMs: message.plannedMs };
	} catch {
		return null;
	}
}

function isRepeated({ kind }: Message): boolean {
	return kind === 'totals' || kind === 'functions' || kind === 'rollup';
}

function subject(message: Message): string {
	const { kind, workspaceId } = message;
	const connection = 'connectionId' in message ? message.connectionId : '';
	const region = 'region' in message ? message.region : '';
	const shard =
		message.kind === 'functions' ? JSON.stringify([message.shard ?? null, message.beside]) : '';
	const windows = 'windows' in message ? message.windows.join(',') : '';
	return `${kind} ${workspaceId} ${connection} ${region} ${shard} ${windows}`;
}

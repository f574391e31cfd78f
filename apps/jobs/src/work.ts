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
	const repeats =
		message.kind === 'totals' || message.kind === 'functions' || message.kind === 'rollup';
	const isLate = deps.clock() - message.plannedMs > staleAfterMs;
	if (repeats && (message.plannedMs < doneMs || isLate)) {
		deps.log('skipped', { kind: message.kind, plannedMs: message.plannedMs });
		return;
	}
	await dispatch(deps, message);
	deps.memory.set(key, String(Math.max(doneMs, message.plannedMs)));
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

import { connectionIdSchema, workspaceIdSchema } from '@lamplight/core/ids';
import { expect, it } from 'vitest';

import type { Message } from '../message.ts';
import { createPastReader } from './past.ts';

const workspaceId = workspaceIdSchema.parse('ws_00000000000000000000000000');
const past = (name: string): Message => ({
	kind: 'backfill',
	workspaceId,
	connectionId: connectionIdSchema.parse(`con_${name.repeat(26)}`),
	plannedMs: 0,
});

/** A reader whose work the test ends by hand. */
function start() {
	const begun: string[] = [];
	const ends = new Map<string, (error?: Error) => void>();
	const passed: Message[] = [];
	const failures: unknown[] = [];
	const unfinished = new Set<string>();
	const reader = createPastReader({
		work: (message) => {
			const name = 'connectionId' in message ? message.connectionId.charAt(4) : '';
			begun.push(`${name}${message.plannedMs}`);
			return new Promise<void>((resolve, reject) => {
				ends.set(name, (error) => (error === undefined ? resolve() : reject(error)));
			});
		},
		hasMore: (connectionId) => unfinished.has(connectionId.charAt(4)),
		log: (_, facts) => failures.push(facts?.['error']),
	});
	const outbox = reader.wrap({ send: async (messages) => void passed.push(...messages) });
	const end = async (name: string, error?: Error) => {
		ends.get(name)?.(error);
		await new Promise((resolve) => setImmediate(resolve));
	};
	return { reader, outbox, begun, passed, failures, unfinished, end };
}

it('begins when told to, reads two connections at a time, and in turn', async () => {
	const { reader, outbox, begun, passed, end } = start();
	const other: Message = { kind: 'rollup', workspaceId, plannedMs: 0, windows: ['1h'] };
	await outbox.send([past('a'), other, past('b'), past('c')]);
	expect(begun).toEqual([]);
	expect(passed).toEqual([other]);
	reader.begin();
	expect(begun).toEqual(['a0', 'b0']);
	// One that is under way asks for more: it comes after those that wait.
	await outbox.send([past('a')]);
	expect(begun).toEqual(['a0', 'b0']);
	await end('b');
	expect(begun).toEqual(['a0', 'b0', 'c0']);
	await end('c');
	// Never twice at once.
	expect(begun).toEqual(['a0', 'b0', 'c0']);
	await end('a');
	expect(begun).toEqual(['a0', 'b0', 'c0', 'a0']);
});

it('goes on after a failure, which it tells', async () => {
	const { reader, outbox, begun, failures, end } = start();
	reader.begin();
	await outbox.send([past('a'), past('b'), past('c')]);
	await end('a', new Error('refused'));
	expect(failures).toEqual(['refused']);
	expect(begun).toEqual(['a0', 'b0', 'c0']);
});

it('stops when what is under way has ended, and begins nothing more', async () => {
	const { reader, outbox, begun, end } = start();
	reader.begin();
	await outbox.send([past('a'), past('b'), past('c')]);
	let stopped = false;
	const stopping = reader.stop().then(() => (stopped = true));
	await end('a');
	expect(stopped).toBe(false);
	await end('b');
	await stopping;
	expect(stopped).toBe(true);
	expect(begun).toEqual(['a0', 'b0']);
});

it('gives a connection with more past another turn, after those that wait', async () => {
	const { reader, outbox, begun, unfinished, end } = start();
	for (const name of ['a', 'b', 'c']) unfinished.add(name);
	reader.begin();
	await outbox.send([past('a'), past('b'), past('c')]);
	await end('a');
	await end('b');
	expect(begun).toEqual(['a0', 'b0', 'c0', 'a1']);
	unfinished.clear();
	await end('c');
	await end('a');
	expect(begun).toEqual(['a0', 'b0', 'c0', 'a1', 'b1']);
});

import {
	ChangeMessageVisibilityBatchCommand,
	ChangeMessageVisibilityCommand,
	DeleteMessageCommand,
	type Message as SqsMessage,
	ReceiveMessageCommand,
	SendMessageBatchCommand,
	type SQSClient,
} from '@aws-sdk/client-sqs';

import { LamplightError } from '@lamplight/core/errors';
import * as z from 'zod';

import type { Log, Outbox } from './deps.ts';
import type { Delivery } from './ending.ts';
import { Shares } from './local/shares.ts';
import { isSmallReading, type Message } from './message.ts';
import type { Repeat } from './work.ts';

// A batch takes at most 10 entries; SQS API reference, read 2026-11.
const batchSize = 10;

/** Where messages go. */
export interface QueueUrls {
	readonly collect: string;
	/** Of the small worker; without one, all messages go to the collector. */
	readonly readings?: string;
}

/** Sends messages to their queues; each connection is a group, which SQS's fair queues keep apart. */
export function createOutbox(sqs: SQSClient, urls: QueueUrls): Outbox {
	return {
		async send(messages) {
			const byUrl = Map.groupBy(messages, (message) =>
				isSmallReading(message) ? (urls.readings ?? urls.collect) : urls.collect,
			);
			for (const [queueUrl, own] of byUrl) await sendAll(sqs, queueUrl, own);
		},
	};
}

async function sendAll(
	sqs: SQSClient,
	queueUrl: string,
	messages: readonly Message[],
): Promise<void> {
	for (let at = 0; at < messages.length; at += batchSize) {
		const batch = messages.slice(at, at + batchSize);
		const answer = await sqs.send(
			new SendMessageBatchCommand({
				QueueUrl: queueUrl,
				Entries: batch.map((message, index) => ({
					Id: String(index),
					MessageBody: JSON.stringify(message),
					MessageGroupId: groupOf(message),
				})),
			}),
		);
		if ((answer.Failed ?? []).length === 0) continue;
		throw new LamplightError('unavailable', 'The queue did not take all messages.', {
			details: { failed: answer.Failed?.length ?? 0 },
		});
	}
}

/** Whose message it is, as fair queues tell groups: a connection's, or else a workspace's. */
export function groupOf(message: Message): string {
	return 'connectionId' in message ? message.connectionId : message.workspaceId;
}

export interface PollOptions {
	readonly sqs: SQSClient;
	readonly queueUrl: string;
	/** Messages worked on at once. */
	readonly width: number;
	/** Seconds that a message stays hidden while it is worked on; prolonged while the work goes on. */
	readonly visibilitySeconds: number;
	/** A failed message is seen again after this, longer with each time; 20 seconds when left out. */
	readonly retryAfterSeconds?: number;
	readonly signal: AbortSignal;
	readonly log: Log;
	/** Says which messages ask for the same: one that waits gives way to a later one; none when left out. */
	readonly repeatOf?: (body: string) => Repeat | null;
	/** Throwing gives the message back: it is seen again later, and in the end dead-lettered. */
	readonly work: (body: string, delivery: Delivery) => Promise<void>;
}

// Long polling, at most 20 s; SQS API reference, read 2026-11.
const waitSeconds = 10;
const defaultRetryAfterSeconds = 20;

/** Messages held for each that is worked on, while every place is taken. */
const heldPerPlace = 8;
/** The most that is ever held, some megabytes: what one connection leaves undone must end somewhere. */
const mostHeld = 5_000;

/**
 * Takes the place of SQS's trigger of a Lambda on a laptop, and of its fair queues: works messages off
 * until aborted, and then finishes what it has begun. One message's failure does not touch the others,
 * and a connection that is slow or hangs holds no more than its share of what is worked on at once: as
 * long as a place is free, messages are taken to find another's among them.
 */
export async function pollQueue(options: PollOptions): Promise<void> {
	const shares = new Shares<Taken>(options.width);
	const running = new Set<Promise<void>>();
	const held = new Set<Taken>();
	const begin = (): void => {
		for (let next = shares.next(); next !== null; next = shares.next()) {
			const { group, item } = next;
			const one: Promise<void> = handle(options, item).finally(() => {
				running.delete(one);
				held.delete(item);
				shares.ended(group);
				if (!options.signal.aborted) begin();
			});
			running.add(one);
		}
	};
	const prolonging = prolongAll(options, held);
	while (!options.signal.aborted) {
		const mayHold = running.size < options.width ? mostHeld : options.width * heldPerPlace;
		const room = mayHold - held.size;
		if (room <= 0) {
			await Promise.race(running);
			continue;
		}
		for (const message of await receive(options, Math.min(room, batchSize))) {
			const body = message.Body ?? '';
			const taken = { message, repeat: options.repeatOf?.(body) ?? null };
			const group = groupOfBody(body);
			const earlier = shares.replace(group, taken, (waiting) => isEarlier(waiting, taken));
			held.add(taken);
			if (earlier === null) shares.add(group, taken);
			else {
				held.delete(earlier);
				void discard(options, earlier);
			}
		}
		begin();
	}
	// What was not begun is seen again when its time is over.
	for (const taken of shares.left()) held.delete(taken);
	await Promise.all(running);
	clearInterval(prolonging);
}

/** A message in our hands. */
interface Taken {
	readonly message: SqsMessage;
	readonly repeat: Repeat | null;
}

/** On a machine that cannot keep up, one connection's readings of an hour must not wait behind each other. */
function isEarlier({ repeat: waiting }: Taken, { repeat: later }: Taken): boolean {
	if (waiting === null || later === null || waiting.subject !== later.subject) return false;
	return waiting.plannedMs <= later.plannedMs;
}

async function discard({ sqs, queueUrl }: PollOptions, { message }: Taken): Promise<void> {
	await sqs
		.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }))
		// It is seen again later, and skipped: the later one was done by then.
		.catch(() => undefined);
}

const groupSchema = z.object({
	connectionId: z.string().optional(),
	workspaceId: z.string().optional(),
});

/** What nobody understands is a group of its own. */
function groupOfBody(body: string): string {
	try {
		const { connectionId, workspaceId } = groupSchema.parse(JSON.parse(body));
		return connectionId ?? workspaceId ?? '';
	} catch {
		return '';
	}
}

/** Keeps all that is held from being seen again. */
function prolongAll(
	{ sqs, queueUrl: QueueUrl, visibilitySeconds: VisibilityTimeout }: PollOptions,
	held: ReadonlySet<Taken>,
): NodeJS.Timeout {
	const prolong = () => {
		const messages = [...held];
		for (let at = 0; at < messages.length; at += batchSize) {
			const Entries = messages.slice(at, at + batchSize).map(({ message }, index) => ({
				Id: String(index),
				ReceiptHandle: message.ReceiptHandle,
				VisibilityTimeout,
			}));
			void sqs
				.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
				.catch(() => undefined);
		}
	};
	return setInterval(prolong, (VisibilityTimeout * 1000) / 2);
}

async function receive(options: PollOptions, count: number): Promise<readonly SqsMessage[]> {
	try {
		const answer = await options.sqs.send(
			new ReceiveMessageCommand({
				QueueUrl: options.queueUrl,
				MaxNumberOfMessages: count,
				WaitTimeSeconds: waitSeconds,
				VisibilityTimeout: options.visibilitySeconds,
				MessageSystemAttributeNames: ['ApproximateReceiveCount'],
			}),
			{ abortSignal: options.signal },
		);
		return answer.Messages ?? [];
	} catch (error) {
		if (options.signal.aborted) return [];
		options.log('queue unavailable', { error: error instanceof Error ? error.name : 'unknown' });
		await pause(1000, options.signal);
		return [];
	}
}

async function handle(options: PollOptions, { message }: Taken): Promise<void> {
	const { sqs, queueUrl, log } = options;
	const { retryAfterSeconds = defaultRetryAfterSeconds } = options;
	const of = { QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle };
	const received = Number(message.Attributes?.ApproximateReceiveCount ?? '1');
	try {
		await options.work(message.Body ?? '', { messageId: message.MessageId ?? '', received });
		await sqs.send(new DeleteMessageCommand(of));
	} catch (error) {
		log('message failed', {
			messageId: message.MessageId ?? null,
			received,
			error: error instanceof Error ? error.message.slice(0, 300) : 'unknown',
			stack: error instanceof LamplightError ? null : stackOf(error),
		});
		const VisibilityTimeout = retryAfterSeconds * received;
		await sqs
			.send(new ChangeMessageVisibilityCommand({ ...of, VisibilityTimeout }))
			.catch(() => undefined);
	}
}

function stackOf(error: unknown): string | null {
	return error instanceof Error ? (error.stack ?? null) : null;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
	await new Promise<void>((resolve) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener('abort', () => {
			clearTimeout(timer);
			resolve();
		});
	});
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { openFolder } from './folder.ts';
import { requestListener } from './handler.ts';
import { sweepExpired } from './sweep.ts';

const sweepEveryMs = 30 * 60_000;
/** Between two pages of a sweep, so that it never takes more than a small share of the process. */
const sweepPauseMs = 25;

export interface DynamoDbOptions {
	/** The folder that keeps the tables; in memory without one. */
	readonly path?: string;
	/** 0, the default, takes a free one. */
	readonly port?: number;
	/** Epoch milliseconds by which items expire. Without one nothing is swept. */
	readonly clock?: () => number;
	/** Told of each fault inside the store; the caller of the operation gets a 500. */
	readonly onFault?: (operation: string, error: unknown) => void;
}

export interface DynamoDb {
	/** `http://127.0.0.1:port`, for `AWS_ENDPOINT_URL_DYNAMODB`. */
	readonly endpoint: string;
	/** Deletes what has expired now, and returns how many items went. */
	sweep(nowMs: number): Promise<number>;
	/** Ends requests under way, then the tables: what was acknowledged is on disk. */
	close(): Promise<void>;
}

/**
 * Starts DynamoDB's stand-in for a laptop and for tests, on this machine only.
 * Throws `DataFolderError` when the folder is in use by another start, damaged, or unreadable.
 */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<DynamoDb> {
	const { path, port = 0, clock, onFault = reportFault } = options;
	const store = await openFolder(path);
	const server = createServer(requestListener(store, onFault));
	// Longer than clients keep a connection, so that none is cut just as it is used again.
	server.keepAliveTimeout = 120_000;
	try {
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(port, '127.0.0.1', resolve);
		});
	} catch (error) {
		await store.db.close();
		throw error;
	}
	const stopping = new AbortController();
	const sweep = (nowMs: number) =>
		sweepExpired(store, {
			nowMs,
			signal: stopping.signal,
			pause: () => sleep(sweepPauseMs, undefined, { ref: false }),
		});
	let sweeping: Promise<unknown> = Promise.resolve();
	const timer = setInterval(() => {
		if (clock === undefined) return;
		sweeping = sweeping.then(() => sweep(clock())).catch((error) => onFault('sweep', error));
	}, sweepEveryMs).unref();
	return {
		endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		sweep,
		close: async () => {
			clearInterval(timer);
			stopping.abort();
			await sweeping;
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeIdleConnections();
			});
			await store.db.close();
		},
	};
}

function reportFault(operation: string, error: unknown): void {
	console.error(`dynamodb: ${operation} failed:`, error);
}

import { setTimeout as sleep } from 'node:timers/promises';

import {
	ConditionalCheckFailedException,
	DynamoDBServiceException,
} from '@aws-sdk/client-dynamodb';
import { LamplightError } from '@lamplight/core/errors';

const retryAfterSeconds = 5;

/** Runs a call; what DynamoDB cannot do now becomes `unavailable`. A failed condition passes as it is. */
export async function guarded<T>(table: string, call: () => Promise<T>): Promise<T> {
	try {
		return await call();
	} catch (error) {
		if (error instanceof ConditionalCheckFailedException) throw error;
		if (error instanceof LamplightError) throw error;
		throw explained(table, error);
	}
}

function explained(table: string, error: unknown): unknown {
	if (error instanceof DynamoDBServiceException) {
		if (error.name === 'ResourceNotFoundException') {
			return new LamplightError('unavailable', `The table ${table} does not exist`, {
				cause: error,
			});
		}
		if (error.name === 'ValidationException' && error.message.includes('size')) {
			return new LamplightError('too_large', 'A record is larger than the table takes', {
				cause: error,
			});
		}
		// A request that DynamoDB calls malformed is our own fault, and must look like one.
		if (error.name === 'ValidationException') return error;
	}
	// Mistakes of ours in making the request are no outage of the store.
	if (error instanceof TypeError || error instanceof RangeError) return error;
	return new LamplightError('unavailable', 'The store did not answer', {
		cause: error,
		retryAfterSeconds,
	});
}

/** Waits longer with each round; throws `unavailable` after `rounds`. The first round waits not at all. */
export async function backoff(round: number, rounds: number, what: string): Promise<void> {
	if (round === 0) return;
	if (round >= rounds) {
		throw new LamplightError('unavailable', `The store left a ${what} unfinished`, {
			retryAfterSeconds,
		});
	}
	await sleep(Math.min(4000, 25 * 2 ** round) * (0.5 + Math.random() / 2));
}

/** Maps with at most `atOnce` calls under way; results in order. */
export async function inParallel<T, R>(
	all: readonly T[],
	atOnce: number,
	map: (one: T) => Promise<R>,
): Promise<R[]> {
	const results: R[] = [];
	let next = 0;
	const worker = async () => {
		while (next < all.length) {
			const at = next++;
			results[at] = await map(all[at] as T);
		}
	};
	await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker));
	return results;
}

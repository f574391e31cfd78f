import { LamplightError } from '@lamplight/core/errors';

import type { JobDeps } from './deps.ts';
import type { Delivery } from './ending.ts';
import { workMessage } from './work.ts';

/** Before the function's own time-out of five minutes, which would give back what was done, too. */
const giveUpAfterMs = 270_000;

/**
 * Works messages off side by side and names those that failed, so that SQS shows only these again.
 * One message's failure never costs its neighbours, and one that hangs is given up in time.
 */
export async function workBatch(
	deps: JobDeps,
	records: readonly (Delivery & { readonly body: string })[],
	withinMs = giveUpAfterMs,
): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
	const failures: { itemIdentifier: string }[] = [];
	await Promise.all(
		records.map(async ({ body, ...delivery }) => {
			const { messageId } = delivery;
			try {
				await within(withinMs, workMessage(deps, body, delivery));
			} catch (error) {
				deps.log('message failed', {
					messageId,
					error: error instanceof Error ? error.message.slice(0, 300) : 'unknown',
				});
				failures.push({ itemIdentifier: messageId });
			}
		}),
	);
	return { batchItemFailures: failures };
}

/** Throws `unavailable` when the work takes longer; what it writes later is the same by key. */
async function within(ms: number, work: Promise<void>): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const over = new Promise<never>((_, reject) => {
		timer = setTimeout(() => {
			const seconds = Math.round(ms / 1000);
			reject(new LamplightError('unavailable', `The work took longer than ${seconds} s.`));
		}, ms);
	});
	try {
		await Promise.race([work, over]);
	} finally {
		clearTimeout(timer);
		// Given up, it may still fail; that was told.
		work.catch(() => undefined);
	}
}

import type { JobDeps } from './deps.ts';
import { workMessage } from './work.ts';

/**
 * Works messages off side by side and names those that failed, so that SQS shows only these again.
 * One message's failure never costs its neighbours.
 */
export async function workBatch(
	deps: JobDeps,
	records: readonly { readonly messageId: string; readonly body: string }[],
): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
	const failures: { itemIdentifier: string }[] = [];
	await Promise.all(
		records.map(async ({ messageId, body }) => {
			try {
				await workMessage(deps, body);
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

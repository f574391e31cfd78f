import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { LamplightError } from '@lamplight/core/errors';
import { createExportFiles, type ExportBucket } from '@lamplight/store/exports/files';

import type { ExportDoor } from '../deps.ts';

/** The way to the jobs' queue and to the bucket of exports. */
export function createExportDoor(
	options: ExportBucket & { readonly sqs: SQSClient; readonly queueUrl: string },
): ExportDoor {
	const { sqs, queueUrl, ...bucket } = options;
	return {
		link: createExportFiles(bucket).link,
		send: async (message) => {
			const { workspaceId } = message;
			try {
				await sqs.send(
					new SendMessageCommand({
						QueueUrl: queueUrl,
						MessageBody: JSON.stringify(message),
						MessageGroupId: workspaceId,
					}),
				);
			} catch (cause) {
				throw new LamplightError('unavailable', 'The queue of the jobs does not answer.', {
					cause,
					retryAfterSeconds: 5,
				});
			}
		},
	};
}

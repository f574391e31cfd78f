import { customerRoles, trustedRoles } from './connect.ts';
import { roleNamed } from './roles.ts';
import { tablePermissions, type Storage } from './storage.ts';

interface JobsOptions {
	readonly table: Storage['table'];
	readonly exportsBucket: Storage['exportsBucket'];
}

/** Longer than the collector's own time-out, so that a message is not seen twice while it is worked on. */
const collectTimeout = '5 minutes';
const visibilityTimeout = '30 minutes';

/** The planner every minute, its queue, and the collector that works the queue off. */
export function jobs({ table, exportsBucket }: JobsOptions) {
	const deadLetters = new sst.aws.Queue('CollectDeadLetters', {
		transform: { queue: { messageRetentionSeconds: 14 * 24 * 3600 } },
	});
	const queue = new sst.aws.Queue('Collect', {
		visibilityTimeout,
		dlq: { queue: deadLetters.arn, retry: 5 },
	});
	const environment = {
		LAMPLIGHT_STAGE: $app.stage,
		LAMPLIGHT_TABLE: table.name,
		LAMPLIGHT_COLLECT_QUEUE_URL: queue.url,
		LAMPLIGHT_EXPORTS_BUCKET: exportsBucket.name,
	};
	const assumeCustomerRoles = { actions: ['sts:AssumeRole'], resources: [customerRoles] };
	queue.subscribe(
		{
			name: `lamplight-${$app.stage}-collect`,
			transform: roleNamed(trustedRoles().collect),
			handler: 'apps/jobs/src/collect/handler.handler',
			// Readers of bills and makers of files lie in files of their own, loaded when needed.
			nodejs: { splitting: true },
			timeout: collectTimeout,
			memory: '512 MB',
			environment,
			permissions: [
				...tablePermissions(table),
				assumeCustomerRoles,
				{
					actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
					resources: [$interpolate`${exportsBucket.arn}/*`],
				},
			],
		},
		{ batch: { size: 5, window: '1 second', partialResponses: true } },
	);
	new sst.aws.CronV2('Plan', {
		schedule: 'rate(1 minute)',
		retries: 2,
		function: {
			name: `lamplight-${$app.stage}-plan`,
			handler: 'apps/jobs/src/plan/handler.handler',
			nodejs: { splitting: true },
			timeout: '1 minute',
			memory: '512 MB',
			environment,
			permissions: [
				...tablePermissions(table),
				{ actions: ['sqs:SendMessage'], resources: [queue.arn] },
			],
		},
	});
	return { queue, deadLetters };
}

export type Work = ReturnType<typeof jobs>;

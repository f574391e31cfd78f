import { customerRoles, trustedRoles } from './connect.ts';
import { memoryMb, messagesPerBatch } from './memory.ts';
import { roleNamed } from './roles.ts';
import { tablePermissions, type Storage } from './storage.ts';

interface JobsOptions {
	readonly table: Storage['table'];
	readonly exportsBucket: Storage['exportsBucket'];
}

/** Longer than the collector's own time-out, so that a message is not seen twice while it is worked on. */
const collectTimeout = '5 minutes';
const visibilityTimeout = '30 minutes';
/** A reading that the small worker did not manage must not be stale when the collector gets it. */
const readingVisibilityTimeout = '6 minutes';

/** The planner every minute, its queues, and the workers that work them off. */
export function jobs({ table, exportsBucket }: JobsOptions) {
	const deadLetters = new sst.aws.Queue('CollectDeadLetters', {
		transform: { queue: { messageRetentionSeconds: 14 * 24 * 3600 } },
	});
	const queue = new sst.aws.Queue('Collect', {
		visibilityTimeout,
		dlq: { queue: deadLetters.arn, retry: 5 },
	});
	// What is too much for the small worker's memory or time goes to the collector, which has more.
	const readings = new sst.aws.Queue('Readings', {
		visibilityTimeout: readingVisibilityTimeout,
		dlq: { queue: queue.arn, retry: 1 },
	});
	const environment = {
		LAMPLIGHT_STAGE: $app.stage,
		LAMPLIGHT_TABLE: table.name,
		LAMPLIGHT_COLLECT_QUEUE_URL: queue.url,
		LAMPLIGHT_READINGS_QUEUE_URL: readings.url,
		LAMPLIGHT_EXPORTS_BUCKET: exportsBucket.name,
	};
	workers({ table, exportsBucket, queue, readings, environment });
	new sst.aws.CronV2('Plan', {
		schedule: 'rate(1 minute)',
		retries: 2,
		function: {
			name: `lamplight-${$app.stage}-plan`,
			handler: 'apps/jobs/src/plan/handler.handler',
			nodejs: { splitting: true },
			timeout: '1 minute',
			memory: `${memoryMb.plan} MB`,
			environment,
			permissions: [
				...tablePermissions(table),
				{ actions: ['sqs:SendMessage'], resources: [queue.arn, readings.arn] },
			],
		},
	});
	return { queue, deadLetters };
}

interface WorkersOptions extends JobsOptions {
	readonly queue: sst.aws.Queue;
	readonly readings: sst.aws.Queue;
	readonly environment: Record<string, $util.Input<string>>;
}

/** The collector, and the small worker beside it: the same program in the same role, which customers trust. */
function workers({ table, exportsBucket, queue, readings, environment }: WorkersOptions) {
	const program = {
		handler: 'apps/jobs/src/collect/handler.handler',
		// Readers of bills and makers of files lie in files of their own, loaded when needed.
		nodejs: { splitting: true },
		timeout: collectTimeout,
		environment,
	} as const;
	const assumeCustomerRoles = { actions: ['sts:AssumeRole'], resources: [customerRoles] };
	const collector = queue.subscribe(
		{
			...program,
			name: `lamplight-${$app.stage}-collect`,
			transform: roleNamed(trustedRoles().collect),
			memory: `${memoryMb.collect} MB`,
			permissions: [
				...tablePermissions(table),
				assumeCustomerRoles,
				{
					actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
					resources: [$interpolate`${exportsBucket.arn}/*`],
				},
				{
					actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
					resources: [readings.arn],
				},
				// What is too much for one worker is sent again in parts.
				{ actions: ['sqs:SendMessage'], resources: [queue.arn, readings.arn] },
			],
		},
		{ batch: { size: messagesPerBatch.collect, window: '1 second', partialResponses: true } },
	);
	readings.subscribe(
		{
			...program,
			name: `lamplight-${$app.stage}-read`,
			role: collector.nodes.function.apply((one) => one.nodes.role.arn),
			memory: `${memoryMb.read} MB`,
		},
		{ batch: { size: messagesPerBatch.read, window: '1 second', partialResponses: true } },
	);
}

export type Work = ReturnType<typeof jobs>;

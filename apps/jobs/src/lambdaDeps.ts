import { randomBytes } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createAws } from '@lamplight/aws/aws';
import type { Clock } from '@lamplight/core/ctx';
import type { ExportBucket, ExportFiles } from '@lamplight/store/exports/files';
import { createStore } from '@lamplight/store/store';
import * as z from 'zod';

import type { JobDeps } from './deps.ts';
import { createMemory } from './memory.ts';
import { metricLine } from './ownMetrics.ts';
import { createOutbox } from './queue.ts';

/** The environment of the jobs' functions, as the stacks set it. */
const environmentSchema = z.object({
	AWS_REGION: z.string(),
	LAMPLIGHT_STAGE: z.string().min(1),
	LAMPLIGHT_TABLE: z.string().min(3),
	LAMPLIGHT_COLLECT_QUEUE_URL: z.url(),
	LAMPLIGHT_READINGS_QUEUE_URL: z.url(),
	LAMPLIGHT_EXPORTS_BUCKET: z.string().min(3),
});

/** What the jobs get in AWS; made once per process and kept while it is warm. */
export function lambdaDeps(environment: NodeJS.ProcessEnv, clock: Clock): JobDeps {
	const parsed = environmentSchema.parse(environment);
	const region = parsed.AWS_REGION;
	const namespace = `Lamplight/${parsed.LAMPLIGHT_STAGE}`;
	return {
		store: createStore({
			client: new DynamoDBClient({ region }),
			tableName: parsed.LAMPLIGHT_TABLE,
			clock,
		}),
		aws: createAws({ clock, wallClock: clock, region }),
		clock,
		wallClock: clock,
		randomBytes: (count) => randomBytes(count),
		queue: createOutbox(new SQSClient({ region }), {
			collect: parsed.LAMPLIGHT_COLLECT_QUEUE_URL,
			readings: parsed.LAMPLIGHT_READINGS_QUEUE_URL,
		}),
		files: filesWhenNeeded({ bucket: parsed.LAMPLIGHT_EXPORTS_BUCKET, region }),
		memory: createMemory(),
		log(event, facts = {}) {
			const line = metricLine(event, facts, { namespace, nowMs: clock() });
			// Not by `console`, before whose lines Lambda puts words of its own: Logs would see no metrics.
			process.stdout.write(`${JSON.stringify(line)}\n`);
		},
	};
}

/** The bucket of exports, whose client is loaded by the first file: most processes never write one. */
function filesWhenNeeded(bucket: ExportBucket): JobDeps['files'] {
	let files: Promise<ExportFiles> | undefined;
	const load = async () => {
		const { createExportFiles } = await import('@lamplight/store/exports/files');
		return createExportFiles(bucket);
	};
	return { write: async (file, pieces) => (await (files ??= load())).write(file, pieces) };
}

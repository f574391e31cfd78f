import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

import { lambdaDeps } from '../lambdaDeps.ts';
import { workBatch } from '../batch.ts';

const deps = lambdaDeps(process.env, () => Date.now());

/** SQS's trigger: works a batch off and gives back only what failed. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
	return workBatch(deps, event.Records);
}

import { workBatch } from '../batch.ts';
import { lambdaDeps } from '../lambdaDeps.ts';

const deps = lambdaDeps(process.env, () => Date.now());

/** What SQS's trigger sends; of its many fields these two are all that is needed. */
interface QueueEvent {
	readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** SQS's trigger: works a batch off and gives back only what failed. */
export async function handler(event: QueueEvent) {
	return workBatch(deps, event.Records);
}

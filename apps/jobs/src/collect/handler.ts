import { workBatch } from '../batch.ts';
import { lambdaDeps } from '../lambdaDeps.ts';

const deps = lambdaDeps(process.env, () => Date.now());

/** What SQS's trigger sends; of its many fields these are all that is needed. */
interface QueueEvent {
	readonly Records: readonly {
		readonly messageId: string;
		readonly body: string;
		/** A number in a string: "1" for a message that is seen for the first time. */
		readonly attributes: { readonly ApproximateReceiveCount: string };
	}[];
}

/** SQS's trigger: works a batch off and gives back only what failed. */
export async function handler(event: QueueEvent) {
	const records = event.Records.map(({ messageId, body, attributes }) => ({
		...{ messageId, body, received: Number(attributes.ApproximateReceiveCount) },
	}));
	return workBatch(deps, records);
}

import { buildApp } from 'fauxqs';

/** A queue with its dead-letter queue, as the stacks declare them in AWS. */
export interface QueueDeclaration {
	readonly name: string;
	/** Seconds that a received message stays hidden unless deleted. */
	readonly visibilitySeconds: number;
	/** Receives after which a message goes to `NAME-dead`. */
	readonly maxReceives: number;
}

export interface QueueOptions {
	readonly queues: readonly QueueDeclaration[];
	/** 0, the default, takes a free one. */
	readonly port?: number;
}

export interface RunningQueue {
	/** `http://127.0.0.1:port`, for `AWS_ENDPOINT_URL_SQS`. */
	readonly endpoint: string;
	/** The URL of each declared queue and of its dead-letter queue, by name. */
	readonly urls: Readonly<Record<string, string>>;
	close(): Promise<void>;
}

const region = 'us-east-1';
const accountId = '000000000000';

/**
 * Starts SQS's stand-in for a laptop and for tests, on this machine only, with its queues made.
 * Messages are kept in memory: what is lost with the process, the next plan sends again.
 */
export async function startQueue(options: QueueOptions): Promise<RunningQueue> {
	const app = buildApp({ logger: false, defaultRegion: region });
	const endpoint = await app.listen({ port: options.port ?? 0, host: '127.0.0.1' });
	const create = async (name: string, attributes: Readonly<Record<string, string>>) => {
		const answer = await app.inject({
			method: 'POST',
			url: '/',
			headers: {
				'content-type': 'application/x-amz-json-1.0',
				'x-amz-target': 'AmazonSQS.CreateQueue',
			},
			payload: JSON.stringify({ QueueName: name, Attributes: attributes }),
		});
		if (answer.statusCode !== 200) throw new Error(`queue ${name}: ${answer.body}`);
	};
	const urls: Record<string, string> = {};
	for (const { name, visibilitySeconds, maxReceives } of options.queues) {
		const dead = `${name}-dead`;
		await create(dead, {});
		await create(name, {
			VisibilityTimeout: String(visibilitySeconds),
			RedrivePolicy: JSON.stringify({
				deadLetterTargetArn: `arn:aws:sqs:${region}:${accountId}:${dead}`,
				maxReceiveCount: maxReceives,
			}),
		});
		// By address, not by a made-up host name, so that nothing has to resolve.
		urls[name] = `${endpoint}/${accountId}/${name}`;
		urls[dead] = `${endpoint}/${accountId}/${dead}`;
	}
	return { endpoint, urls, close: () => app.close() };
}

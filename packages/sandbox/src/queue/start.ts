import { startFauxqs } from 'fauxqs';

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
	/** The folder that keeps messages; in memory without one. */
	readonly path?: string;
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

/** Starts SQS's stand-in for a laptop and for tests, on this machine only, with its queues made. */
export async function startQueue(options: QueueOptions): Promise<RunningQueue> {
	const server = await startFauxqs({
		port: options.port ?? 0,
		logger: false,
		defaultRegion: region,
		...(options.path === undefined ? {} : { dataDir: options.path }),
	});
	const endpoint = `http://127.0.0.1:${server.port}`;
	const urls: Record<string, string> = {};
	for (const { name, visibilitySeconds, maxReceives } of options.queues) {
		const dead = server.createQueue(`${name}-dead`, { region });
		server.createQueue(name, {
			region,
			attributes: {
				VisibilityTimeout: String(visibilitySeconds),
				RedrivePolicy: JSON.stringify({
					deadLetterTargetArn: dead.queueArn,
					maxReceiveCount: maxReceives,
				}),
			},
		});
		// By address, not by a made-up host name, so that nothing has to resolve.
		urls[name] = `${endpoint}/${accountId}/${name}`;
		urls[`${name}-dead`] = `${endpoint}/${accountId}/${name}-dead`;
	}
	return { endpoint, urls, close: () => server.stop() };
}

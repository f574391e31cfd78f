import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that knows nothing of AWS but what it is told to answer. */
export interface RecordedServer {
	readonly endpoint: string;
	/** The next answer of an operation; every other gets an empty one. */
	next(operation: string, body: unknown): void;
	close(): Promise<void>;
}

/** Operations of Lambda's REST protocol by the end of their path. */
const restOperations: readonly (readonly [RegExp, string])[] = [
	[/\/functions\/?$/, 'ListFunctions'],
	[/\/aliases\/?$/, 'ListAliases'],
	[/\/concurrency$/, 'GetFunctionConcurrency'],
	[/\/provisioned-concurrency$/, 'ListProvisionedConcurrencyConfigs'],
	[/\/event-source-mappings\/?$/, 'ListEventSourceMappings'],
	[/\/account-settings\/?$/, 'GetAccountSettings'],
];

/** Listens on a free port. An answer is given once; the page after it is empty. */
export async function startRecordedServer(): Promise<RecordedServer> {
	const answers = new Map<string, unknown>();
	const server = createServer((request, response) => {
		const target = request.headers['x-amz-target'];
		const path = new URL(request.url ?? '/', 'http://localhost').pathname;
		const operation =
			typeof target === 'string'
				? (target.split('.').at(-1) ?? '')
				: (restOperations.find(([pattern]) => pattern.test(path))?.[1] ?? '');
		request.resume();
		request.once('end', () => {
			response.setHeader('content-type', 'application/x-amz-json-1.1');
			response.end(JSON.stringify(answers.get(operation) ?? {}));
			answers.delete(operation);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		endpoint: `http://127.0.0.1:${port}`,
		next: (operation, body) => void answers.set(operation, body),
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

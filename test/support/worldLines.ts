import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';

import type { Sandbox } from '@lamplight/sandbox/sandbox';
import { functionParts } from '@lamplight/core/ids';

import { clientConfig } from './sandbox.ts';

export interface WorldLine {
	readonly functionId: string;
	readonly id: string;
	readonly timeMs: number;
	readonly stream: string;
	readonly message: string;
}

/** Every line of some functions in a range, read by an administrator with the plain SDK. */
export async function worldLines(
	sandbox: Sandbox,
	functionIds: readonly string[],
	range: { readonly fromMs: number; readonly toMs: number },
): Promise<WorldLine[]> {
	const lines: WorldLine[] = [];
	for (const functionId of functionIds) {
		const { accountId, region, name } = functionParts(
			functionId as Parameters<typeof functionParts>[0],
		);
		const client = new CloudWatchLogsClient(
			clientConfig(sandbox, sandbox.credentialsFor(accountId), region),
		);
		const input = {
			logGroupName: `/aws/lambda/${name}`,
			startTime: range.fromMs,
			endTime: range.toMs - 1,
		};
		for await (const { events } of paginateFilterLogEvents({ client }, input)) {
			for (const event of events ?? []) {
				lines.push({
					functionId,
					id: event.eventId ?? '',
					timeMs: event.timestamp ?? 0,
					stream: event.logStreamName ?? '',
					message: event.message ?? '',
				});
			}
		}
		client.destroy();
	}
	return lines;
}

/** Executions of a function that ended in a range, as the world knows them. */
export function endedIn(
	sandbox: Sandbox,
	functionId: string,
	{ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
) {
	return sandbox.truth
		.invocations(functionId, { fromMs: fromMs - 20 * 60_000, toMs })
		.filter(({ endMs }) => endMs >= fromMs && endMs < toMs);
}

import {
	GetQueryResultsCommand,
	type QueryStatus,
	StartQueryCommand,
	StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';

import { LamplightError } from '@lamplight/core/errors';
import type { TimeRange } from '@lamplight/core/time';

import type { AccountAws } from '../client/account.ts';

export interface QueryRequest {
	// CloudWatch Logs quotas, "Log groups per Insights query": 50, read 2026-11.
	/** At most 50, all of one region. */
	readonly logGroups: readonly string[];
	/** Widened to whole seconds, in which Insights counts. */
	readonly range: TimeRange;
	readonly query: string;
	/** Rows that the result may hold. */
	readonly limit: number;
}

export interface QueryReading {
	readonly state: 'running' | 'complete' | 'stopped' | 'failed';
	/** Rows so far: all of them once it is complete. */
	readonly rows: readonly Readonly<Record<string, string>>[];
	/** What AWS charges by, so far. */
	readonly scannedBytes: number;
	/** Records that the query kept, shown or not. */
	readonly matched: number;
}

/**
 * Starts a query of Logs Insights, which AWS charges for by the bytes it scans, and returns its id.
 * Throws `not_found` with `details.logGroup` when a group does not exist.
 */
export async function startQuery(
	account: AccountAws,
	region: string,
	request: QueryRequest,
): Promise<string> {
	const { fromMs, toMs } = request.range;
	try {
		const { queryId } = await account.logs(region, 'insights').send(
			new StartQueryCommand({
				logGroupNames: [...request.logGroups],
				startTime: Math.floor(fromMs / 1000),
				// AWS includes the whole of the last second; our ranges leave their end out.
				endTime: Math.max(Math.floor(fromMs / 1000), Math.ceil(toMs / 1000) - 1),
				queryString: request.query,
				limit: request.limit,
			}),
		);
		if (queryId !== undefined) return queryId;
	} catch (error) {
		throw missingGroup(error) ?? error;
	}
	throw new LamplightError('aws_unavailable', 'logs:StartQuery answered without a query id');
}

/** What a query has found by now. */
export async function readQuery(
	account: AccountAws,
	region: string,
	queryId: string,
): Promise<QueryReading> {
	const { status, results, statistics } = await account
		.logs(region, 'insights')
		.send(new GetQueryResultsCommand({ queryId }));
	return {
		state: stateOf(status),
		rows: (results ?? []).map((fields) =>
			Object.fromEntries(fields.map(({ field = '', value = '' }) => [field, value])),
		),
		scannedBytes: statistics?.bytesScanned ?? 0,
		matched: statistics?.recordsMatched ?? 0,
	};
}

/** Stops a query; one that ended meanwhile is left as it is. */
export async function stopQuery(
	account: AccountAws,
	region: string,
	queryId: string,
): Promise<void> {
	try {
		await account.logs(region, 'insights').send(new StopQueryCommand({ queryId }));
	} catch (error) {
		if (!(error instanceof LamplightError) || error.code !== 'aws_refused') throw error;
	}
}

function stateOf(status: QueryStatus | undefined): QueryReading['state'] {
	switch (status) {
		case 'Complete':
			return 'complete';
		case 'Cancelled':
			return 'stopped';
		case 'Failed':
		case 'Timeout':
			return 'failed';
		default:
			return 'running';
	}
}

/** AWS names the group that is not there in its sentence alone. */
function missingGroup(error: unknown): LamplightError | null {
	if (!(error instanceof LamplightError) || error.code !== 'not_found') return null;
	const said = error.cause instanceof Error ? error.cause.message : '';
	const logGroup = /Log group '([^']{1,512})' does not exist/.exec(said)?.[1];
	if (logGroup === undefined) return null;
	return new LamplightError('not_found', error.message, {
		cause: error,
		details: { ...error.details, logGroup },
	});
}

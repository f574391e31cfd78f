import { setImmediate as nextTurn } from 'node:timers/promises';

import type {
	GetQueryResultsRequest,
	GetQueryResultsResponse,
	ResultField,
	StartQueryRequest,
	StartQueryResponse,
} from '@aws-sdk/client-cloudwatch-logs';

import { AwsError } from '../../wire/awsError.ts';
import type { Call } from '../../wire/service.ts';
import type { LivingWorld } from '../../world/create.ts';
import { mix } from '../../world/random.ts';
import { hex8 } from '../../world/run/identity.ts';
import { damageOf } from './damage.ts';
import { scan } from './events.ts';
import { groupNamed, type LogGroup } from './groups.ts';
import { timeText } from './insights/aggregate.ts';
import { type Query, readQuery } from './insights/query.ts';
import { Row, type Value } from './insights/row.ts';
import { invalidParameter } from './refusals.ts';

// Insights: 50 groups a query, results kept for 7 days (quotas, read 2026-04); here the last 200 queries.
const groupsMost = 50;
const queriesKept = 200;
/** A query never answers at once. */
const soonestMs = 300;
const sliceMs = 120_000;

interface Running {
	readonly accountId: string;
	readonly region: string;
	readonly startedWallMs: number;
	status: 'Running' | 'Complete' | 'Cancelled' | 'Failed';
	isReported: boolean;
	rows: Record<string, Value>[];
	matched: number;
	scanned: number;
	bytes: number;
}

/** Queries of Insights, started and asked after. */
export class Queries {
	readonly #world: LivingWorld;
	readonly #running = new Map<string, Running>();
	#started = 0;

	constructor(world: LivingWorld) {
		this.#world = world;
	}

	/** Answers StartQuery. The query goes on in turns with other work. */
	start(input: StartQueryRequest, call: Call): StartQueryResponse {
		const groups = this.#groupsOf(input, call);
		const { startTime = 0, endTime = 0, queryString = '' } = input;
		if (endTime < startTime) throw invalidParameter('End time should not be before start time');
		const query = readQuery(queryString);
		const running: Running = {
			accountId: call.accountId,
			region: call.region,
			startedWallMs: call.wallMs,
			status: 'Running',
			isReported: false,
			rows: [],
			matched: 0,
			scanned: 0,
			bytes: 0,
		};
		const words = [1, 2, 3, 4].map((n) => hex8(mix(this.#started, n, call.nowMs)));
		const [a = '', b = '', c = '', d = ''] = words;
		const id = `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
		this.#started++;
		this.#running.set(id, running);
		const [oldest] = this.#running.keys();
		if (this.#running.size > queriesKept && oldest !== undefined) this.#running.delete(oldest);
		const range = {
			fromMs: startTime * 1000,
			toMs: Math.min(endTime * 1000 + 1000, call.nowMs + 1),
		};
		this.#run(running, { groups, query, range, call, limit: input.limit }).catch(() => {
			running.status = 'Failed';
		});
		return { queryId: id };
	}

	/** Answers GetQueryResults; the bytes that were scanned are reported once, with the first full answer. */
	results(input: GetQueryResultsRequest, call: Call): GetQueryResultsResponse {
		const running = this.#named(input.queryId, call);
		const isEarly = call.wallMs - running.startedWallMs < soonestMs;
		const status = running.status === 'Complete' && isEarly ? 'Running' : running.status;
		if (status === 'Complete' && !running.isReported) {
			running.isReported = true;
			call.reportUnits(running.bytes);
		}
		return {
			queryLanguage: 'CWLI',
			status,
			results: status === 'Complete' ? running.rows.map(fieldsOf) : [],
			statistics: {
				recordsMatched: running.matched,
				recordsScanned: running.scanned,
				bytesScanned: running.bytes,
				estimatedRecordsSkipped: 0,
				estimatedBytesSkipped: 0,
				logGroupsScanned: 1,
			},
		};
	}

	/** Answers StopQuery. */
	stop(queryId: string | undefined, call: Call): { success: boolean } {
		const running = this.#named(queryId, call);
		if (running.status !== 'Running') {
			throw invalidParameter(`Query ${queryId ?? ''} is not running`);
		}
		running.status = 'Cancelled';
		return { success: true };
	}

	#named(queryId: string | undefined, call: Call): Running {
		const running = this.#running.get(queryId ?? '');
		if (running?.accountId !== call.accountId || running.region !== call.region) {
			throw new AwsError('ResourceNotFoundException', `Query ${queryId ?? ''} does not exist`);
		}
		return running;
	}

	#groupsOf(input: StartQueryRequest, call: Call): LogGroup[] {
		const { logGroupName, logGroupNames, logGroupIdentifiers } = input;
		const given = [
			logGroupName === undefined ? undefined : [logGroupName],
			logGroupNames,
			logGroupIdentifiers,
		].filter((list) => list !== undefined);
		const [names, second] = given;
		if (names === undefined || names.length === 0 || second !== undefined) {
			throw invalidParameter(
				'Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be specified.',
			);
		}
		if (names.length > groupsMost) {
			throw invalidParameter(`A query reads at most ${groupsMost} log groups.`);
		}
		return names.map((name) => groupNamed(this.#world, call, name));
	}

	async #run(
		running: Running,
		facts: {
			groups: readonly LogGroup[];
			query: Query;
			range: { fromMs: number; toMs: number };
			call: Call;
			limit: number | undefined;
		},
	): Promise<void> {
		const { query, range, call } = facts;
		for (const group of facts.groups) {
			const first = Math.max(range.fromMs, group.createdMs, this.#world.options.beginsMs);
			for (let fromMs = first; fromMs < range.toMs; fromMs += sliceMs) {
				await nextTurn();
				if (running.status !== 'Running') return;
				const slice = scan(this.#world, {
					members: group.members,
					range: { fromMs, toMs: Math.min(fromMs + sliceMs, range.toMs) },
					nowMs: call.nowMs,
					streams: null,
					matches: () => true,
					damage: damageOf(call),
				});
				running.scanned += slice.records;
				running.bytes += slice.bytes;
				for (const event of slice.events) {
					query.add(
						new Row(event.message, {
							'@timestamp': event.timeMs,
							'@ingestionTime': event.ingestedMs,
							'@logStream': event.stream,
							'@log': `${call.accountId}:${group.name}`,
							'@ptr': event.id,
						}),
					);
				}
			}
		}
		const { rows, matched } = query.finish(facts.limit);
		running.rows = rows;
		running.matched = matched;
		running.status = 'Complete';
	}
}

const timeFields: readonly string[] = ['@timestamp', '@ingestionTime'];

function fieldsOf(row: Record<string, Value>): ResultField[] {
	return Object.entries(row).map(([field, value]) => ({
		field,
		value:
			typeof value === 'number' && timeFields.includes(field)
				? timeText(value)
				: String(value ?? ''),
	}));
}

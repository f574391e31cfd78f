import type { GetLogEventsRequest, GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';

import { AwsError } from '../../wire/awsError.ts';
import type { Call } from '../../wire/service.ts';
import type { LivingWorld } from '../../world/create.ts';
import { hourAt } from '../../world/run/hour.ts';
import { logStream } from '../../world/run/identity.ts';
import type { TimeRange } from '../../world/world.ts';
import { pageToken, positionOf } from '../page.ts';
import { damageOf } from './damage.ts';
import { readable } from './describeLogGroups.ts';
import { type LogEvent, scan } from './events.ts';
import { groupNamed, type LogGroup } from './groups.ts';
import { invalidToken, limitOf } from './refusals.ts';

// A page holds at most 1 MB or 10,000 events (GetLogEvents, API reference, read 2026-11).
const eventsMost = 10_000;
const bytesMost = 1_048_576;
const hourMs = 3_600_000;

/** Answers GetLogEvents: one stream, from its end unless `startFromHead`; tokens lead both ways for ever. */
export function getLogEvents(
	world: LivingWorld,
	input: GetLogEventsRequest,
	call: Call,
): GetLogEventsResponse {
	const group = readable(
		groupNamed(world, call, input.logGroupIdentifier ?? input.logGroupName ?? ''),
	);
	const limit = limitOf(input.limit, eventsMost);
	const streamName = input.logStreamName ?? '';
	const life = lifeOf(world, group, { streamName, nowMs: call.nowMs });
	if (life === null) {
		throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
	}
	const all = scan(world, {
		members: group.members,
		range: {
			fromMs: Math.max(life.fromMs, input.startTime ?? 0),
			toMs: Math.min(life.toMs, input.endTime ?? Number.POSITIVE_INFINITY, call.nowMs + 1),
		},
		nowMs: call.nowMs,
		streams: (name) => name === streamName,
		matches: () => true,
		damage: damageOf(call),
	}).events;
	const page = pageOf(all, { input, limit });
	return {
		events: page.events.map(({ timeMs, message, ingestedMs }) => ({
			timestamp: timeMs,
			message,
			ingestionTime: ingestedMs,
		})),
		nextForwardToken: `f/${pageToken('events', [String(page.to)])}`,
		nextBackwardToken: `b/${pageToken('events', [String(page.from)])}`,
	};
}

function pageOf(
	all: readonly LogEvent[],
	asked: { input: GetLogEventsRequest; limit: number },
): { events: readonly LogEvent[]; from: number; to: number } {
	const { input, limit } = asked;
	const token = input.nextToken;
	const isForward = token === undefined ? input.startFromHead === true : token.startsWith('f/');
	if (token !== undefined && !/^[fb]\//.test(token)) throw invalidToken();
	const position = positionOf('events', token?.slice(2), invalidToken)?.[0];
	const at = position === undefined ? (isForward ? 0 : all.length) : Number(position);
	let from = at;
	let to = at;
	let bytes = 0;
	while (to - from < limit) {
		const event = isForward ? all[to] : all[from - 1];
		if (event === undefined) break;
		bytes += event.message.length + 26;
		if (bytes > bytesMost && to > from) break;
		if (isForward) to++;
		else from--;
	}
	return { events: all.slice(from, to), from, to };
}

/**
 * When a stream was written to; `null` when there is no such stream. Its name tells the day of its
 * beginning, so that only that day's environments are looked through.
 */
function lifeOf(
	world: LivingWorld,
	group: LogGroup,
	asked: { streamName: string; nowMs: number },
): TimeRange | null {
	const day = /^(\d{4})\/(\d\d)\/(\d\d)\/\[/.exec(asked.streamName);
	if (day === null) return null;
	const dayMs = Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3]));
	if (dayMs > asked.nowMs) return null;
	const untilMs = Math.min(dayMs + 25 * hourMs, asked.nowMs);
	for (const member of group.members) {
		for (let hour = hourAt(member, dayMs); hour <= hourAt(member, untilMs); hour++) {
			const block = world.blocks.get(member, hour);
			const index =
				block?.environments.findIndex(
					(environment) =>
						environment.runs > 0 &&
						environment.bornMs <= asked.nowMs &&
						logStream(member, block, environment.index) === asked.streamName,
				) ?? -1;
			if (block !== null && index >= 0) {
				return { fromMs: block.startMs, toMs: block.startMs + hourMs + block.longestMs + 1 };
			}
		}
	}
	return null;
}

import type { Member } from '../fleet.ts';
import { mix, normal, poisson, Sequence, unit } from '../random.ts';
import type { Effect } from '../storylines.ts';
import { drawStatus, isRetried, type OutcomeFacts, timedOut } from './outcome.ts';
import type { FirstAttempts } from './firstAttempts.ts';
import { recordedHour } from '../replay/recorded.ts';
import { ratePerMinute } from './rhythm.ts';
import { spanOf, type Span, effectAt, spansOf } from './spans.ts';

/** The requests that reach a function in one of its hours, before environments are given to them. */
export interface Arrivals {
	/** Milliseconds from the hour's start, ascending. */
	readonly offsetMs: Int32Array;
	/** Microseconds that the code runs when warm. */
	readonly durationUs: Int32Array;
	readonly status: Uint8Array;
	/** 1, or 2 and 3 for retries. */
	readonly attempt: Uint8Array;
	/** Names the event across its attempts: its position among the requests of its own hour. */
	readonly ordinal: Int32Array;
	/** 0 when the event came in this hour, 1 in the one before. */
	readonly hoursAgo: Uint8Array;
	/** Requests refused because of the account's limit, per minute of the hour. */
	readonly throttles: Int32Array;
}

const minuteMs = 60_000;
export const hourMs = 3_600_000;
const minutesPerHour = 60;
/** Where an hour's mean lies below this, its requests are drawn at once instead of minute by minute. */
const fewPerHour = 20;

/** Grows as needed; one is kept, because arrivals are computed one hour at a time. */
class Scratch {
	offsetMs: Int32Array = new Int32Array(4096);
	durationUs: Int32Array = new Int32Array(4096);
	status: Uint8Array = new Uint8Array(4096);
	length = 0;

	push(offsetMs: number, durationUs: number, status: number): void {
		if (this.length === this.offsetMs.length) this.#grow();
		this.offsetMs[this.length] = offsetMs;
		this.durationUs[this.length] = durationUs;
		this.status[this.length] = status;
		this.length++;
	}

	#grow(): void {
		const size = this.offsetMs.length * 2;
		const wider = (from: Int32Array) => {
			const to = new Int32Array(size);
			to.set(from);
			return to;
		};
		this.offsetMs = wider(this.offsetMs);
		this.durationUs = wider(this.durationUs);
		const status = new Uint8Array(size);
		status.set(this.status);
		this.status = status;
	}
}

const scratch = new Scratch();

const noThrottles: Int32Array = new Int32Array(minutesPerHour);
const nothing: FirstAttempts = {
	length: 0,
	offsetMs: new Int32Array(0),
	durationUs: new Int32Array(0),
	status: new Uint8Array(0),
	throttles: noThrottles,
};

/** Start of a function's hour, epoch milliseconds. */
export function hourStart(member: Member, hour: number): number {
	return hour * hourMs + member.hourOffsetMinutes * minuteMs;
}

/** The hour of a function that holds an instant. */
export function hourAt(member: Member, atMs: number): number {
	return Math.floor((atMs - member.hourOffsetMinutes * minuteMs) / hourMs);
}

export interface Conditions {
	readonly trafficScale: number;
	/** Nothing ran before. */
	readonly beginsMs: number;
}

/** The first attempts that start in one hour. The arrays are shared scratch: read them before the next call. */
export function firstAttempts(member: Member, hour: number, conditions: Conditions): FirstAttempts {
	const startMs = hourStart(member, hour);
	if (!exists(member, startMs, conditions)) return nothing;
	if (member.blueprint.traffic.kind === 'recorded') {
		return recordedHour(member.blueprint.traffic, startMs) ?? nothing;
	}
	const spans = spansOf(member, { fromMs: startMs, toMs: startMs + hourMs });
	const random = new Sequence(mix(member.seed, hour, 0xa1));
	scratch.length = 0;
	const facts: DrawFacts = { member, random, startMs };
	const { traffic } = member.blueprint;
	let throttles: Int32Array = noThrottles;
	if (traffic.kind === 'cron') {
		drawCron(facts, spans);
	} else if (spans.length === 0 && drawFewOrNone(facts, conditions.trafficScale)) {
		if (scratch.length === 0) return nothing;
	} else {
		throttles = drawMinutes(facts, spans, conditions.trafficScale);
	}
	return {
		length: scratch.length,
		offsetMs: scratch.offsetMs,
		durationUs: scratch.durationUs,
		status: scratch.status,
		throttles,
	};
}

function exists(member: Member, startMs: number, conditions: Conditions): boolean {
	return (
		startMs >= conditions.beginsMs &&
		startMs >= member.createdMs &&
		(member.deletedMs === null || startMs + hourMs <= member.deletedMs)
	);
}

interface DrawFacts {
	readonly member: Member;
	readonly random: Sequence;
	readonly startMs: number;
}

/** Draws a quiet hour at once. False when the hour is busy and has to be drawn by the minute. */
function drawFewOrNone(facts: DrawFacts, scale: number): boolean {
	const { member, random, startMs } = facts;
	const { traffic } = member.blueprint;
	if (traffic.kind !== 'random') return false;
	const mean = ratePerMinute(traffic, member.seed, startMs + hourMs / 2) * minutesPerHour * scale;
	if (mean >= fewPerHour) return false;
	const count = poisson(mean, random);
	const offsets = Array.from({ length: count }, () => Math.floor(random.next() * hourMs));
	offsets.sort((a, b) => a - b);
	const outcome = outcomeFacts(member, null);
	for (const offset of offsets) draw(facts, offset, outcome);
	return true;
}

function drawMinutes(facts: DrawFacts, spans: readonly Span[], scale: number): Int32Array {
	const { member, random, startMs } = facts;
	const { traffic } = member.blueprint;
	const throttles = new Int32Array(minutesPerHour);
	if (traffic.kind !== 'random') return throttles;
	for (let minute = 0; minute < minutesPerHour; minute++) {
		const atMs = startMs + minute * minuteMs;
		const span = spanOf(spans, atMs);
		const effect = span?.effect ?? null;
		if (effect?.silent === true) continue;
		const usual = ratePerMinute(traffic, member.seed, atMs) * scale;
		const count = poisson(rateUnder(usual, span, { atMs, scale }), random);
		const outcome = outcomeFacts(member, effect);
		const refused = effect?.throttleShare ?? 0;
		for (let i = 0; i < count; i++) {
			const offset = minute * minuteMs + Math.floor(((i + random.next()) / count) * minuteMs);
			if (refused > 0 && random.next() < refused) {
				throttles[minute] = (throttles[minute] ?? 0) + 1;
			} else {
				draw(facts, offset, outcome);
			}
		}
	}
	return throttles;
}

function rateUnder(
	usual: number,
	span: Span | null,
	facts: { atMs: number; scale: number },
): number {
	if (span === null) return usual;
	const { effect } = span;
	let rate = usual * (effect.rateFactor ?? 1);
	if (effect.doublesEveryMs !== undefined) {
		rate *= 2 ** Math.min(30, (facts.atMs - span.fromMs) / effect.doublesEveryMs);
	}
	return Math.min(rate, (effect.ratePerMinuteMost ?? Number.POSITIVE_INFINITY) * facts.scale);
}

function drawCron(facts: DrawFacts, spans: readonly Span[]): void {
	const { member, random, startMs } = facts;
	const { traffic } = member.blueprint;
	if (traffic.kind !== 'cron') return;
	for (let minute = 0; minute < minutesPerHour; minute++) {
		const atMs = startMs + minute * minuteMs;
		if ((atMs / minuteMs) % traffic.everyMinutes !== traffic.offsetMinutes) continue;
		const effect = effectAt(spans, atMs);
		if (effect?.silent === true) continue;
		// EventBridge starts a schedule at some second of its minute, about the same each time.
		const second = 2 + (member.seed % 50);
		draw(
			facts,
			minute * minuteMs + second * 1000 + Math.floor(random.next() * 900),
			outcomeFacts(member, effect),
		);
	}
}

function outcomeFacts(member: Member, effect: Effect | null): OutcomeFacts {
	const { blueprint } = member;
	return {
		errorShare: effect?.errorShare ?? blueprint.errorShare,
		isStory: effect?.errorShare !== undefined,
		timeoutShare: effect?.timeoutShare ?? 0,
		crashes: blueprint.language === 'go' || blueprint.language === 'rust',
		timeoutUs: blueprint.timeoutSeconds * 1_000_000,
		medianUs: blueprint.work.medianMs * 1000 * (effect?.durationFactor ?? 1),
	};
}

function draw(facts: DrawFacts, offsetMs: number, outcome: OutcomeFacts): void {
	const { random, member } = facts;
	const status = drawStatus(outcome, random.next());
	const durationUs = drawDurationUs(member, outcome, random);
	const isLate = status === timedOut || durationUs >= outcome.timeoutUs;
	scratch.push(offsetMs, isLate ? outcome.timeoutUs : durationUs, isLate ? timedOut : status);
}

/** Log-normal with one in 150 executions two to seven times longer: retries, page faults, collections. */
function drawDurationUs(member: Member, outcome: OutcomeFacts, random: Sequence): number {
	const { sigma } = member.blueprint.work;
	const body = outcome.medianUs * Math.exp(sigma * normal(random.next()));
	const roll = random.next();
	const tail = roll < 1 / 150 ? 2 + 5 * (roll * 150) : 1;
	return Math.max(900, Math.round((body * tail) / 10) * 10);
}

interface Retry {
	readonly atMs: number;
	readonly durationUs: number;
	readonly status: number;
	readonly attempt: number;
	readonly ordinal: number;
	readonly hoursAgo: number;
}

// Lambda runs a failed asynchronous event again after one minute and once more after two (Lambda
// developer guide, "How Lambda handles errors and retries with asynchronous invocation", read 2026-04).
const retryWaitsMs = [60_000, 120_000] as const;
/** A retry meets the same cause as often as not. */
const failsAgainShare = 0.55;

/** The arrivals of an hour: its first attempts, and the retries that fall into it. */
export function arrivals(member: Member, hour: number, conditions: Conditions): Arrivals | null {
	const startMs = hourStart(member, hour);
	const isRetrying = isRetried(member.blueprint.trigger);
	// In this order: the first attempts of an hour are scratch until the next hour's are drawn.
	const earlier = isRetrying ? retriesOfHourBefore(member, hour, conditions) : [];
	const first = firstAttempts(member, hour, conditions);
	const own = isRetrying ? retriesOf(member, hour, first) : [];
	if (isRetrying) lastRetries.set(member, { hour, retries: own });
	const due = [...earlier.map((retry) => ({ ...retry, hoursAgo: 1 })), ...own].filter(
		(retry) => retry.atMs >= startMs && retry.atMs < startMs + hourMs,
	);
	const count = first.length;
	if (count === 0 && due.length === 0 && first.throttles === noThrottles) return null;
	const result: Arrivals = {
		offsetMs: new Int32Array(count + due.length),
		durationUs: new Int32Array(count + due.length),
		status: new Uint8Array(count + due.length),
		attempt: new Uint8Array(count + due.length).fill(1),
		ordinal: new Int32Array(count + due.length),
		hoursAgo: new Uint8Array(count + due.length),
		throttles: first.throttles,
	};
	due.sort((a, b) => a.atMs - b.atMs);
	let next = 0;
	for (let i = 0, row = 0; row < count + due.length; row++) {
		const retry = due[next];
		if (retry !== undefined && (i >= count || retry.atMs - startMs < (first.offsetMs[i] ?? 0))) {
			placeRetry(result, row, retry, retry.atMs - startMs);
			next++;
			continue;
		}
		result.offsetMs[row] = first.offsetMs[i] ?? 0;
		result.durationUs[row] = first.durationUs[i] ?? 0;
		result.status[row] = first.status[i] ?? 0;
		result.ordinal[row] = i;
		i++;
	}
	return result;
}

function placeRetry(result: Arrivals, row: number, retry: Retry, offsetMs: number): void {
	result.offsetMs[row] = offsetMs;
	result.durationUs[row] = retry.durationUs;
	result.status[row] = retry.status;
	result.attempt[row] = retry.attempt;
	result.ordinal[row] = retry.ordinal;
	result.hoursAgo[row] = retry.hoursAgo;
}

/** Hours are mostly computed one after the other, so the last one's retries are worth keeping. */
const lastRetries = new WeakMap<Member, { readonly hour: number; readonly retries: Retry[] }>();

function retriesOfHourBefore(member: Member, hour: number, conditions: Conditions): Retry[] {
	const last = lastRetries.get(member);
	if (last?.hour === hour - 1) return last.retries;
	return retriesOf(member, hour - 1, firstAttempts(member, hour - 1, conditions));
}

function retriesOf(member: Member, hour: number, first: FirstAttempts): Retry[] {
	const startMs = hourStart(member, hour);
	const retries: Retry[] = [];
	for (let i = 0; i < first.length; i++) {
		const status = first.status[i] ?? 0;
		if (status === 0) continue;
		const event = mix(member.seed, hour, i);
		let atMs = startMs + (first.offsetMs[i] ?? 0);
		const durationUs = first.durationUs[i] ?? 0;
		for (const [index, waitMs] of retryWaitsMs.entries()) {
			const wander = Math.floor(unit(event, index, 0x3e) * 15_000);
			atMs += Math.ceil(durationUs / 1000) + waitMs + wander;
			const again = unit(event, index, 0xfa) < failsAgainShare;
			const attempt = index + 2;
			retries.push({
				atMs,
				durationUs,
				status: again ? status : 0,
				attempt,
				ordinal: i,
				hoursAgo: 0,
			});
			if (!again) break;
		}
	}
	return retries;
}

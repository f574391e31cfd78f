import type { Member } from '../fleet.ts';
import { mix, normal, poisson, Sequence } from '../random.ts';
import { recordedHour } from '../replay/recorded.ts';
import type { Effect } from '../storylines.ts';
import type { FirstAttempts } from './firstAttempts.ts';
import { hourMs, hourStart, minuteMs, minutesPerHour } from './hour.ts';
import { drawStatus, type OutcomeFacts, timedOut } from './outcome.ts';
import { ratePerMinute } from './rhythm.ts';
import { effectAt, type Span, spanOf, spansOf } from './spans.ts';

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

/** What an hour refused in which nothing was. */
export const noThrottles: Int32Array = new Int32Array(minutesPerHour);
const nothing: FirstAttempts = {
	length: 0,
	offsetMs: new Int32Array(0),
	durationUs: new Int32Array(0),
	status: new Uint8Array(0),
	throttles: noThrottles,
};

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

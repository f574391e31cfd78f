import type { Traffic } from '../blueprint.ts';
import type { Member } from '../fleet.ts';
import { scriptOf } from './deck.ts';

const dayMs = 86_400_000;
/** What Lambda writes around an execution in either format: START, END and REPORT. */
const platformBytes = 330;
// Archived logs are billed compressed, at about 0.15 bytes a byte (CloudWatch pricing page, worked
// examples, read 2026-04).
const compressed = 0.15;

/** Bytes that a function's group holds: its usual day, times the days that are kept. */
export function storedBytesOf(member: Member, nowMs: number): number {
	const { traffic, logs } = member.blueprint;
	const perDay = usualPerDay(traffic);
	const mean = [0, 1, 2, 3].reduce((sum, n) => sum + scriptOf(member, n).bytes / 4, platformBytes);
	const ageDays = (nowMs - member.createdMs) / dayMs;
	const days = Math.max(0, Math.min(ageDays, logs.retentionDays ?? ageDays));
	return Math.round(perDay * mean * days * compressed);
}

function usualPerDay(traffic: Traffic): number {
	switch (traffic.kind) {
		case 'random':
			return traffic.perDay;
		case 'cron':
			return 1440 / traffic.everyMinutes;
		case 'recorded':
			return (traffic.trace.offsetMs.length * dayMs) / traffic.lengthMs;
	}
}

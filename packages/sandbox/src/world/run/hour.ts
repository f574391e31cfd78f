import type { Member } from '../fleet.ts';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const minutesPerHour = 60;

/** Start of a function's hour, epoch milliseconds. */
export function hourStart(member: Member, hour: number): number {
	return hour * hourMs + member.hourOffsetMinutes * minuteMs;
}

/** The hour of a function that holds an instant. */
export function hourAt(member: Member, atMs: number): number {
	return Math.floor((atMs - member.hourOffsetMinutes * minuteMs) / hourMs);
}

const parts = new Map<string, Intl.DateTimeFormat>();

function partsOf(zone: string): Intl.DateTimeFormat {
	let found = parts.get(zone);
	if (found === undefined) {
		found = new Intl.DateTimeFormat('en-GB', {
			timeZone: zone,
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
		parts.set(zone, found);
	}
	return found;
}

/** By how much the clocks of a zone are ahead of UTC at a moment, in milliseconds. */
export function offsetMs(ms: number, zone: string): number {
	const by = Object.fromEntries(
		partsOf(zone)
			.formatToParts(ms)
			.map(({ type, value }) => [type, Number(value)]),
	);
	const local = Date.UTC(
		by['year'] ?? 0,
		(by['month'] ?? 1) - 1,
		by['day'] ?? 1,
		by['hour'] ?? 0,
		by['minute'] ?? 0,
		by['second'] ?? 0,
	);
	return local - Math.floor(ms / 1000) * 1000;
}

/** The first moment of a calendar day (YYYY-MM-DD) in a zone; `null` when there is no such day. */
export function startOfDay(calendar: string, zone: string): number | null {
	const utc = Date.parse(`${calendar}T00:00:00Z`);
	if (!Number.isFinite(utc)) return null;
	// Zones lie within 14 hours of UTC: the offset at that midnight is found in two steps.
	let ms = utc;
	for (let step = 0; step < 2; step += 1) ms = utc - offsetMs(ms, zone);
	return ms;
}

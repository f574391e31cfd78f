import type { Call } from '../../wire/service.ts';
import type { Member } from '../../world/fleet.ts';

const defaultLateMs = 15 * 60_000;

/** How long the fault of late data holds back a function's data, or a region's total for `null`. */
export function lateMsOf(call: Call): (member: Member | null) => number {
	return (member) => {
		const settings = call.faults.settings('late-data', member?.name);
		return settings === null ? 0 : (settings.delayMs ?? defaultLateMs);
	};
}

import { type CallFaults, type FaultKinds, noFaults } from '../../faults/fault.ts';
import type { Call } from '../../wire/service.ts';
import { createWorld, type LivingWorld } from '../create.ts';
import type { Member } from '../fleet.ts';
import type { WorldOptions } from '../world.ts';

/** Monday, 23 November 2026, 14:50 UTC. */
export const nowMs = Date.UTC(2026, 10, 23, 14, 50);
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** A world with the whole cast and a few others, and a fifth of the usual traffic. */
export function smallWorld(options: Partial<WorldOptions> & { nowMs?: number } = {}): LivingWorld {
	return createWorld({ nowMs, functionCount: 110, trafficScale: 0.2, ...options });
}

/** The member of the cast of that name. Throws when there is none. */
export function player(world: LivingWorld, name: string): Member {
	const found = world.members.find((member) => member.name === name);
	if (found === undefined) throw new RangeError(`no function is called ${name}`);
	return found;
}

/** A call as the dispatcher makes one, about a member's account and region. */
export function callFor(
	place: { readonly accountId: string; readonly region: string },
	overrides: Partial<Call> = {},
): Call {
	return {
		requestId: '00000000-0000-4000-8000-000000000000',
		service: 'monitoring',
		operation: 'GetMetricData',
		accountId: place.accountId,
		region: place.region,
		caller: {
			kind: 'user',
			accountId: place.accountId,
			arn: `arn:aws:iam::${place.accountId}:user/test`,
			principalArn: `arn:aws:iam::${place.accountId}:user/test`,
			userId: 'AIDATEST',
			accessKeyId: 'AKIATEST',
			expiresMs: null,
		},
		nowMs,
		wallMs: nowMs,
		faults: noFaults,
		reportUnits: () => {},
		...overrides,
	};
}

/** Faults of the data that hold for every function of the call. */
export function withFaults(settings: Partial<FaultKinds>): CallFaults {
	return {
		settings: (kind) => settings[kind] ?? null,
	};
}

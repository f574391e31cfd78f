import { minuteMs } from '@lamplight/core/time';
import type { FaultKind } from '@lamplight/sandbox/faults/fault';
import { faultKinds } from '@lamplight/sandbox/faults/kinds';
import type { FaultRequest } from '@lamplight/sandbox/sandbox';

/** How a fault takes part in a storm. */
export interface StormFault {
	/**
	 * `always`: through the whole storm; `outage`: for one of its steps; `damage`: to half of the
	 * functions, for good: what is damaged in a log does not heal with the weather.
	 */
	readonly when: 'always' | 'outage' | 'damage';
	readonly request: Omit<FaultRequest, 'kind'>;
}

/** Every fault that the simulated AWS has; a new one does not compile, nor run, until it is here. */
export const stormFaults: Readonly<Record<FaultKind, StormFault>> = {
	throttle: { when: 'always', request: { share: 0.05 } },
	'server-error': { when: 'always', request: { share: 0.05 } },
	slow: { when: 'always', request: { share: 0.05, settings: { delayMs: 300 } } },
	drop: { when: 'always', request: { share: 0.03 } },
	'expired-token': { when: 'always', request: { share: 0.01 } },
	'unknown-fields': { when: 'always', request: { share: 0.5 } },
	'partial-data': { when: 'always', request: { settings: { share: 0.2 } } },
	'late-data': { when: 'always', request: { settings: { delayMs: 4 * minuteMs } } },
	'empty-pages': { when: 'always', request: {} },
	'out-of-order-events': { when: 'always', request: { settings: { share: 0.5 } } },
	'duplicate-events': { when: 'damage', request: { settings: { share: 0.3 } } },
	'malformed-lines': { when: 'damage', request: { settings: { share: 0.05 } } },
	'truncated-lines': { when: 'damage', request: { settings: { share: 0.05 } } },
	'huge-line': { when: 'damage', request: {} },
	deny: { when: 'outage', request: { share: 0.4 } },
	'account-closed': { when: 'outage', request: { share: 0.6 } },
	'clock-skew': { when: 'outage', request: { share: 0.3 } },
	'function-deleted': { when: 'outage', request: {} },
};

/** The faults of one kind of timing. Throws when the simulated AWS has one that takes no part. */
export function faultsOf(when: StormFault['when']): FaultRequest[] {
	const absent = Object.keys(faultKinds).filter((kind) => !Object.hasOwn(stormFaults, kind));
	if (absent.length > 0) throw new Error(`faults without a part in the storm: ${absent.join()}`);
	return (Object.entries(stormFaults) as [FaultKind, StormFault][])
		.filter(([, fault]) => fault.when === when)
		.map(([kind, { request }]) => ({ kind, ...request }));
}

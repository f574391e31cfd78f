import type { CallCount } from '../sandbox.ts';
import { usdText, type Charge } from './prices.ts';

/** How one call ended. */
export interface CallRecord {
	readonly accountId: string;
	readonly region: string;
	readonly action: string;
	readonly outcome: 'ok' | 'throttled' | 'denied' | 'failed';
	/** `null` for calls that AWS does not bill, refused ones among them. */
	readonly charge: Charge | null;
	readonly requestBytes: number;
	readonly responseBytes: number;
}

interface Tally {
	accountId: string;
	region: string;
	action: string;
	calls: number;
	throttled: number;
	denied: number;
	failed: number;
	billedUnits: number;
	picoUsd: bigint;
	requestBytes: number;
	responseBytes: number;
}

/** Counts calls by account, region and action, and what AWS would charge for them. */
export class CallRecorder {
	readonly #tallies = new Map<string, Tally>();

	record(call: CallRecord): void {
		const key = `${call.accountId} ${call.region} ${call.action}`;
		let tally = this.#tallies.get(key);
		if (tally === undefined) {
			tally = {
				accountId: call.accountId,
				region: call.region,
				action: call.action,
				calls: 0,
				throttled: 0,
				denied: 0,
				failed: 0,
				billedUnits: 0,
				picoUsd: 0n,
				requestBytes: 0,
				responseBytes: 0,
			};
			this.#tallies.set(key, tally);
		}
		tally.calls += 1;
		if (call.outcome !== 'ok') tally[call.outcome] += 1;
		tally.requestBytes += call.requestBytes;
		tally.responseBytes += call.responseBytes;
		if (call.charge === null) return;
		tally.billedUnits += call.charge.units;
		tally.picoUsd += BigInt(call.charge.units) * call.charge.picoUsdPerUnit;
	}

	counts(): CallCount[] {
		return [...this.#tallies.values()].map(({ picoUsd, ...tally }) => ({
			...tally,
			costUsd: usdText(picoUsd),
		}));
	}

	reset(): void {
		this.#tallies.clear();
	}
}

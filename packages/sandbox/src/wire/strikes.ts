import type { FaultRegistry, Situation } from '../faults/registry.ts';
import { refusalMessage } from '../iam/authorize.ts';
import type { Key } from '../iam/directory.ts';
import { common, denied, type Passage, throttled } from './passage.ts';

/** Faults of the way there: delay, cut, broken server, wrong clock. Throws what a broken server says. */
export function strikeTransport(
	faults: FaultRegistry,
	passage: Passage,
	situation: Situation,
): void {
	const slow = faults.hit('slow', situation);
	if (slow !== null) passage.delayMs += slow.delayMs ?? 5_000;
	const skew = faults.hit('clock-skew', situation);
	if (skew !== null) passage.skewMs = skew.skewMs ?? 15 * 60_000;
	const drop = faults.hit('drop', situation);
	if (drop !== null) passage.drop = drop.when ?? 'before';
	passage.unknownMembers = faults.hit('unknown-fields', situation) !== null;
	const broken = faults.hit('server-error', situation);
	if (broken !== null) {
		throw common(passage, broken.status === 503 ? 'unavailable' : 'internal');
	}
}

/** Faults of the caller's standing: expired, closed, denied, throttled. Throws the one that holds. */
export function strikeSession(
	faults: FaultRegistry,
	passage: Passage,
	{ situation, key, isOpen }: { situation: Situation; key: Key; isOpen: boolean },
): void {
	if (key.sessionToken !== null && faults.hit('expired-token', situation) !== null) {
		throw common(passage, 'expired-token');
	}
	if (!isOpen || faults.hit('account-closed', situation) !== null) {
		throw common(passage, 'unknown-key');
	}
	const throttle = faults.hit('throttle', situation);
	if (throttle !== null) throw throttled(passage, throttle.retryAfterSeconds);
	if (faults.hit('deny', situation) === null) return;
	const question = { action: passage.action, resource: '*', context: new Map() };
	throw denied(passage, refusalMessage(key, question, { kind: 'implicit', by: 'identity-based' }));
}

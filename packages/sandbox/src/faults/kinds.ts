import type { FaultKind } from './fault.ts';

/** Every kind with what it does, as the control route lists them. */
export const faultKinds: Readonly<Record<FaultKind, string>> = {
	throttle: 'the service answers its throttling error',
	'server-error': 'the service answers 500 or 503',
	slow: 'the answer comes late',
	drop: 'the connection is cut',
	deny: 'the call is refused as if a policy denied it',
	'expired-token': 'session credentials count as expired',
	'clock-skew': "the server's clock differs from the caller's",
	'account-closed': 'the account was closed',
	'unknown-fields': 'answers carry members that no schema knows',
	'partial-data': 'GetMetricData answers PartialData',
	'empty-pages': 'FilterLogEvents answers empty pages with a token',
	'late-data': 'metrics and log events arrive later than usual',
	'duplicate-events': 'log events come twice',
	'out-of-order-events': 'log events come out of order',
	'malformed-lines': 'platform records do not parse',
	'truncated-lines': 'log lines are cut',
	'huge-line': 'one log line has 1 MB',
	'function-deleted': 'the function is gone',
};

/** Whether text names a kind of fault. */
export function isFaultKind(text: string): text is FaultKind {
	return Object.hasOwn(faultKinds, text);
}

import type { Draft } from './draft.ts';

/** Data faults that a function shows because of its name; the faults themselves are read by services. */
const kinds = [
	'partial-data',
	'empty-pages',
	'late-data',
	'duplicate-events',
	'out-of-order-events',
	'malformed-lines',
	'truncated-lines',
	'huge-line',
	'unknown-fields',
	'function-deleted',
] as const;

/** One function per data fault, named `fault-KIND`, and one without any to compare with. */
export function faultLabDrafts(accountId: string): Draft[] {
	const names = [...kinds.map((kind) => `fault-${kind}`), 'faultless'];
	return names.map((name) => ({
		key: `lab:${name}`,
		name,
		accountId,
		region: 'eu-west-1',
		language: 'node',
		trigger: 'http',
		traffic: { kind: 'random', perDay: 4_000, swing: 0.2, weekend: 1, peakHourUtc: 12 },
		memoryMib: 256,
		logs: { format: name.length % 2 === 0 ? 'Text' : 'JSON', linesPerRun: 2 },
		team: 'platform',
	}));
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { dataNowMs, newId, startTestApi, type TestApi } from '../testing/api.ts';
import { seedFleet, type TestFleet } from '../testing/fleet.ts';
import { hashOf } from '../session/people.ts';

let api: TestApi;
let fleet: TestFleet;
let text: string;
let type: string;
beforeAll(async () => {
	api = await startTestApi();
	fleet = await seedFleet(api.store, api.ctx, { nowMs: dataNowMs, functions: 6, days: 2 });
	const secret = `lampt_${newId('secret')}`;
	await api.store.tokens.create(api.ctx, {
		id: newId('tok'),
		workspaceId: api.workspaceId,
		name: 'prometheus',
		secretHash: hashOf(secret),
		scopes: ['metrics'],
		role: 'viewer',
		createdBy: 'owner@example.com',
		createdMs: dataNowMs,
		expiresMs: null,
		lastUsedMs: null,
		revokedMs: null,
	});
	const answer = await api.call('GET', '/metrics', { token: secret });
	({ text } = answer);
	type = answer.headers.get('content-type') ?? '';
});
afterAll(() => api.close());

// The ABNF of OpenMetrics 1.0, https://prometheus.io/docs/specs/om/open_metrics_spec/, read 2026-11.
const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["n\\\\])*"';
const number = '[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?|[+-]?Inf|NaN';
const sample = new RegExp(`^(${name})(?:\\{(${label}(?:,${label})*)?\\})? (${number})$`);
const typeLine = new RegExp(`^# TYPE (${name}) (gauge|counter|info|unknown)$`);
const helpLine = new RegExp(`^# HELP (${name}) (?:[^\\\\\\n]|\\\\[n"\\\\])*$`);

interface Sample {
	readonly family: string;
	readonly labels: string;
	readonly value: number;
}

/** Reads an exposition as strictly as the specification; throws at the first line that is not of it. */
function parse(exposition: string): Sample[] {
	expect(exposition.endsWith('# EOF\n')).toBe(true);
	const samples: Sample[] = [];
	const seen = new Set<string>();
	let family = '';
	for (const line of exposition.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
		const typed = typeLine.exec(line);
		if (typed !== null) {
			family = typed[1] ?? '';
			// A family's lines stand together.
			if (seen.has(family)) throw new Error(`family again: ${line}`);
			seen.add(family);
			continue;
		}
		if (line.startsWith('#')) {
			if (helpLine.exec(line)?.[1] !== family) throw new Error(`no metadata of ${family}: ${line}`);
			continue;
		}
		const found = sample.exec(line);
		if (found === null || found[1] !== family) throw new Error(`no sample of ${family}: ${line}`);
		const key = `${family}{${found[2] ?? ''}}`;
		if (seen.has(key)) throw new Error(`sample again: ${line}`);
		seen.add(key);
		samples.push({ family, labels: found[2] ?? '', value: Number(found[3]) });
	}
	return samples;
}

describe('GET /metrics', () => {
	test('is OpenMetrics by its grammar and its media type', () => {
		expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
		expect(new Set(parse(text).map(({ family }) => family)).size).toBe(7);
		expect(() => parse(text.replace(' gauge', ' gouge'))).toThrow();
		expect(() => parse(text.replace('function="', 'function="a"b'))).toThrow();
	});

	test('tells the figures of each function in the last hour', () => {
		const samples = parse(text).filter(
			({ family }) => family === 'lamplight_lambda_invocations_1h',
		);
		expect(samples.map(({ labels }) => /function="([^"]*)"/.exec(labels)?.[1]).sort()).toEqual(
			fleet.functions.map((fn) => fn.name).sort(),
		);
		// A bucket every ten minutes, and the minute that has just begun has none yet.
		expect(samples.map(({ value }) => value)).toEqual(
			fleet.functions.map(() => 6 * fleet.perBucket),
		);
		const left = parse(text).find(({ family }) => family === 'lamplight_functions_left_out');
		expect(left).toMatchObject({ labels: '', value: 0 });
	});
});

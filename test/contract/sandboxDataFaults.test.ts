import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
	CloudWatchLogsClient,
	FilterLogEventsCommand,
	type FilteredLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import type { FaultKind } from '@lamplight/sandbox/faults/fault';
import type { FaultRequest, Sandbox } from '@lamplight/sandbox/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { clientConfig, fixedSandbox, sandboxNowMs } from '../support/sandbox.ts';

const hourMs = 3_600_000;
const region = 'eu-west-1';

let sandbox: Sandbox;
let accountId: string;
const added: string[] = [];

beforeAll(async () => {
	sandbox = await fixedSandbox({ faultLab: true, rateLimits: false });
	accountId = sandbox.world.accounts.find(({ name }) => name === 'lab-of-faults')?.id ?? '';
});
afterAll(() => sandbox.close());
afterEach(() => {
	for (const id of added.splice(0)) sandbox.removeFault(id);
});

function strike<K extends FaultKind>(kind: K, settings: FaultRequest<K>['settings'] = {}): void {
	const where = { accountId, functionName: 'faultless' };
	added.push(sandbox.addFault({ kind, where, settings }).id);
}

const config = () => clientConfig(sandbox, sandbox.credentialsFor(accountId), region);

interface Read {
	readonly events: FilteredLogEvent[];
	/** Events of each page. */
	readonly pages: number[];
}

/** All events of a function over the last hours, page by page. */
async function read(functionName: string, hours = 1): Promise<Read> {
	const logs = new CloudWatchLogsClient(config());
	const events: FilteredLogEvent[] = [];
	const pages: number[] = [];
	let nextToken: string | undefined;
	do {
		const page = await logs.send(
			new FilterLogEventsCommand({
				logGroupName: `/aws/lambda/${functionName}`,
				startTime: sandboxNowMs - hours * hourMs,
				endTime: sandboxNowMs,
				...(nextToken === undefined ? {} : { nextToken }),
			}),
		);
		events.push(...(page.events ?? []));
		pages.push(page.events?.length ?? 0);
		nextToken = page.nextToken;
	} while (nextToken !== undefined && pages.length < 200);
	return { events, pages };
}

const ids = ({ events }: Read) => events.map(({ eventId = '' }) => eventId);
const messages = ({ events }: Read) => events.map(({ message = '' }) => message);
const isReport = (message: string) =>
	message.startsWith('REPORT ') || message.includes('platform.report');

/** A platform record that a reader understands: the text grammar, or JSON with its figures. */
function isWhole(message: string): boolean {
	if (
		/^REPORT RequestId: [0-9a-f-]{36}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: \d+ MB\tMax Memory Used: \d+ MB\t/.test(
			message,
		)
	) {
		return true;
	}
	try {
		const { record } = JSON.parse(message) as {
			record?: { metrics?: { durationMs?: unknown } | null };
		};
		return typeof record?.metrics?.durationMs === 'number';
	} catch {
		return false;
	}
}

describe('a fault at a function that has none', () => {
	let before: Read;

	beforeAll(async () => {
		before = await read('faultless');
	});

	it('has something to damage: whole records, each event once, in order', () => {
		expect(before.events.length).toBeGreaterThan(100);
		expect(messages(before).filter(isReport).length).toBeGreaterThan(20);
		expect(messages(before).filter(isReport).every(isWhole)).toBe(true);
		expect(new Set(ids(before)).size).toBe(before.events.length);
		const times = before.events.map(({ timestamp = 0 }) => timestamp);
		expect(times).toEqual(times.toSorted((a, b) => a - b));
	});

	it('empty-pages: pages without events and with a token, and nothing lost', async () => {
		strike('empty-pages', { pages: 2 });
		const after = await read('faultless');
		expect(after.pages.filter((count) => count === 0).length).toBeGreaterThanOrEqual(2);
		expect(after.pages[0]).toBe(0);
		expect(ids(after)).toEqual(ids(before));
	});

	it('late-data: the newest events are not there yet, the older ones are', async () => {
		strike('late-data', { delayMs: 30 * 60_000 });
		const after = await read('faultless');
		expect(after.events.length).toBeGreaterThan(0);
		expect(ids(after)).toEqual(ids(before).slice(0, after.events.length));
		const newest = Math.max(...after.events.map(({ timestamp = 0 }) => timestamp));
		expect(newest).toBeLessThan(sandboxNowMs - 29 * 60_000);
	});

	it('late-data: metrics are late too', async () => {
		const minutes = async () => {
			const { MetricDataResults = [] } = await new CloudWatchClient(config()).send(
				new GetMetricDataCommand({
					StartTime: new Date(sandboxNowMs - hourMs),
					EndTime: new Date(sandboxNowMs),
					MetricDataQueries: [
						{
							Id: 'm',
							MetricStat: {
								Metric: {
									Namespace: 'AWS/Lambda',
									MetricName: 'Duration',
									Dimensions: [{ Name: 'FunctionName', Value: 'faultless' }],
								},
								Period: 60,
								Stat: 'SampleCount',
							},
						},
					],
				}),
			);
			return (MetricDataResults[0]?.Timestamps ?? []).map((time) => time.getTime());
		};
		const usual = await minutes();
		strike('late-data', { delayMs: 30 * 60_000 });
		const late = await minutes();
		expect(late.length).toBeGreaterThan(0);
		expect(Math.max(...late)).toBeLessThan(Math.max(...usual) - 20 * 60_000);
	});

	it('duplicate-events: some come twice under the same event id', async () => {
		strike('duplicate-events', { share: 0.3 });
		const after = await read('faultless');
		expect(after.events.length).toBeGreaterThan(before.events.length);
		expect(new Set(ids(after))).toEqual(new Set(ids(before)));
	});

	it('out-of-order-events: the same events in another order', async () => {
		strike('out-of-order-events', { share: 0.3 });
		const after = await read('faultless');
		expect(ids(after)).not.toEqual(ids(before));
		expect(ids(after).toSorted()).toEqual(ids(before).toSorted());
	});

	it('malformed-lines: records that are none, beside the ones that are', async () => {
		strike('malformed-lines', { share: 0.5 });
		const after = await read('faultless');
		const broken = messages(after).filter((line) => isReport(line) && !isWhole(line));
		expect(broken.length).toBeGreaterThan(5);
		expect(messages(after).filter(isWhole)).toEqual(messages(before).filter(isWhole));
	});

	it('truncated-lines: records cut in the middle', async () => {
		strike('truncated-lines', { share: 0.5 });
		const after = await read('faultless');
		expect(after.events.length).toBe(before.events.length);
		const whole = messages(before);
		const cut = messages(after).filter((line, index) => line !== whole[index]);
		expect(cut.length).toBeGreaterThan(5);
		for (const line of cut) expect(whole.some((one) => one.startsWith(line))).toBe(true);
	});

	it('huge-line: a line of 1 MB arrives whole', async () => {
		strike('huge-line');
		const after = await read('faultless', 6);
		const longest = Math.max(...messages(after).map((line) => line.length));
		expect(longest).toBeGreaterThan(1_000_000);
		expect(longest).toBeLessThanOrEqual(1_048_576);
	});

	it('unknown-fields: read as if they were not there', async () => {
		strike('unknown-fields');
		expect(ids(await read('faultless'))).toEqual(ids(before));
	});
});

describe('a function named by its fault', () => {
	it.each([
		['fault-empty-pages', ({ pages }: Read) => pages.includes(0)],
		['fault-duplicate-events', (got: Read) => new Set(ids(got)).size < got.events.length],
		[
			'fault-out-of-order-events',
			({ events }: Read) =>
				events.some(({ timestamp = 0 }, index) => timestamp < (events[index - 1]?.timestamp ?? 0)),
		],
		[
			'fault-malformed-lines',
			(got: Read) => messages(got).some((line) => isReport(line) && !isWhole(line)),
		],
		[
			'fault-truncated-lines',
			(got: Read) => messages(got).some((line) => isReport(line) && !isWhole(line)),
		],
		['fault-huge-line', (got: Read) => messages(got).some((line) => line.length > 1_000_000)],
	])('%s shows it, faultless does not', async (name, shows) => {
		const hours = name === 'fault-huge-line' ? 6 : 1;
		expect(shows(await read(name, hours))).toBe(true);
		expect(shows(await read('faultless', hours))).toBe(false);
	});
});

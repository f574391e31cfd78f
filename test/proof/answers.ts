import { createAws } from '@lamplight/aws/aws';
import { readCosts } from '@lamplight/aws/bill/costAndUsage';
import type { AccountAws } from '@lamplight/aws/client/account';
import { translateError } from '@lamplight/aws/errors';
import { startQuery } from '@lamplight/aws/insights/query';
import {
	listEventSources,
	readConcurrencyLimit,
	readFunctionDetails,
} from '@lamplight/aws/inventory/details';
import { listFunctions } from '@lamplight/aws/inventory/functions';
import { listLogGroups } from '@lamplight/aws/inventory/logGroups';
import { listFunctionTags } from '@lamplight/aws/inventory/tags';
import { listActiveFunctions } from '@lamplight/aws/metrics/activeFunctions';
import { getMetrics } from '@lamplight/aws/metrics/getMetrics';
import { listAccounts } from '@lamplight/aws/organization/listAccounts';
import { filterEvents } from '@lamplight/aws/records/filterEvents';
import { LamplightError } from '@lamplight/core/errors';
import { connectionIdSchema } from '@lamplight/core/ids';

import { type RecordedServer, startRecordedServer } from './recordedServer.ts';
import { readRecordings, type Recording, type RecordedRefusal } from './recordings.ts';
import { counted, type Section } from './section.ts';

type Body = Recording['body'];
type Row = Readonly<Record<string, unknown>>;

/** How an adapter reads an answer, and how many things the answer itself holds. */
interface Reader {
	/** Things of use that came out of the adapter. */
	read(account: AccountAws, body: Body): Promise<number>;
	/** The answer as it is sent, where our question's own names must be in it. */
	readonly sent?: (body: Body) => Body;
	held(body: Body): number;
}

const region = 'us-east-1';
const range = { fromMs: 0, toMs: 60_000 };
const rowsOf = (body: Body, name: string): readonly Row[] => (body[name] ?? []) as readonly Row[];
const first = (row: Row | undefined, name: string): readonly Row[] =>
	(row?.[name] ?? []) as readonly Row[];

const readers: Readonly<Record<string, Reader>> = {
	ListFunctions: {
		sent: ({ Versions, ...body }) =>
			Versions === undefined ? body : { ...body, Functions: Versions },
		held: (body) => rowsOf(body, 'Functions').length + rowsOf(body, 'Versions').length,
		async read(account) {
			const { facts, notUnderstood } = await listFunctions(account, region);
			const [odd] = notUnderstood;
			if (odd !== undefined) throw new Error(`${odd.name}: ${odd.reason}`);
			return facts.length;
		},
	},
	DescribeLogGroups: {
		held: (body) => rowsOf(body, 'logGroups').length,
		read: async (account) => (await listLogGroups(account, region, '/')).size,
	},
	FilterLogEvents: {
		held: (body) => rowsOf(body, 'events').length,
		async read(account) {
			let count = 0;
			const request = { logGroup: '/aws/lambda/x', range, maxPages: 9 };
			for await (const { events } of filterEvents(account, region, request)) count += events.length;
			return count;
		},
	},
	GetMetricData: {
		sent: ({ NextToken: _, ...body }) => ({
			...body,
			MetricDataResults: rowsOf(body, 'MetricDataResults').map((result, at) => ({
				...result,
				Id: `q${at}_sum`,
			})),
		}),
		// The same minute may be in an answer twice: once in each of two series.
		held: (body) =>
			rowsOf(body, 'MetricDataResults').reduce(
				(sum, result) => sum + new Set(first(result, 'Timestamps')).size,
				0,
			),
		async read(account, body) {
			const units = rowsOf(body, 'MetricDataResults').map((_, at) => ({
				metric: 'Invocations' as const,
				functionName: `f${at}`,
				statistics: ['Sum' as const],
			}));
			const readings = await getMetrics(account, region, {
				units,
				window: range,
				periodSeconds: 60,
			});
			return readings.reduce((sum, { minutes }) => sum + minutes.size, 0);
		},
	},
	ListMetrics: {
		held: (body) =>
			new Set(
				rowsOf(body, 'Metrics').flatMap((metric) => {
					const dimensions = first(metric, 'Dimensions');
					return dimensions.length === 1 ? [dimensions[0]?.['Value']] : [];
				}),
			).size,
		read: async (account) => (await listActiveFunctions(account, region)).length,
	},
	ListEventSourceMappings: {
		held: (body) => rowsOf(body, 'EventSourceMappings').length,
		read: async (account) => (await listEventSources(account, region)).length,
	},
	ListAliases: {
		held: (body) => rowsOf(body, 'Aliases').length,
		read: async (account) => (await readFunctionDetails(account, region, 'f')).aliases.length,
	},
	ListProvisionedConcurrencyConfigs: {
		held: (body) => rowsOf(body, 'ProvisionedConcurrencyConfigs').length,
		read: async (account) =>
			(await readFunctionDetails(account, region, 'f')).provisionedConcurrency.length,
	},
	GetFunctionConcurrency: {
		held: ({ ReservedConcurrentExecutions: reserved }) => Number(reserved),
		read: async (account) =>
			(await readFunctionDetails(account, region, 'f')).reservedConcurrency ?? -1,
	},
	GetAccountSettings: {
		held: ({ AccountLimit }) => Number((AccountLimit as Row)['ConcurrentExecutions']),
		read: async (account) => (await readConcurrencyLimit(account, region)) ?? -1,
	},
	GetResources: {
		held: (body) => rowsOf(body, 'ResourceTagMappingList').length,
		read: async (account) => (await listFunctionTags(account, region)).size,
	},
	StartQuery: {
		held: ({ queryId }) => String(queryId).length,
		read: async (account) => {
			const request = { logGroups: ['/aws/lambda/x'], range, query: 'fields @message', limit: 1 };
			return (await startQuery(account, region, request)).length;
		},
	},
	ListAccounts: {
		held: (body) => rowsOf(body, 'Accounts').length,
		read: async (account) =>
			(await listAccounts(account)).filter(({ id, name }) => /^\d{12}$/.test(id) && name !== '')
				.length,
	},
	GetCostAndUsage: {
		held: (body) =>
			rowsOf(body, 'ResultsByTime').reduce((sum, day) => sum + first(day, 'Groups').length, 0),
		async read(account) {
			const { groups } = await readCosts(account, {
				...{ fromDay: '2024-02-01', toDay: '2024-03-01', services: null },
				...{ groupBy: ['LINKED_ACCOUNT', 'USAGE_TYPE'], metrics: ['UsageQuantity'] },
			});
			return groups.length;
		},
	},
};

/** Answers that AWS gave, sent to the adapters over HTTP, and what they made of them. */
export async function proveAnswers(data: string): Promise<Section> {
	const { answers, others } = readRecordings(data);
	const server = await startRecordedServer();
	const before = process.env['AWS_ENDPOINT_URL'];
	process.env['AWS_ENDPOINT_URL'] = server.endpoint;
	try {
		const problems: string[] = [];
		const rows = [];
		for (const [operation, count] of counted(answers.map((one) => one.operation))) {
			const own = answers.filter((one) => one.operation === operation);
			rows.push([operation, String(count), String(await replay(server, own, problems))]);
		}
		rows.push(['(never called by Lamplight, or cut)', String(others), '']);
		return {
			title: `Recorded answers of AWS: ${answers.length} to operations that the adapters call`,
			columns: ['operation', 'answers', 'things read'],
			rows,
			problems,
		};
	} finally {
		if (before === undefined) delete process.env['AWS_ENDPOINT_URL'];
		else process.env['AWS_ENDPOINT_URL'] = before;
		await server.close();
	}
}

async function replay(
	server: RecordedServer,
	recordings: readonly Recording[],
	problems: string[],
): Promise<number> {
	const clock = () => Date.now();
	const identity = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' };
	const own = async () => identity;
	const aws = createAws({ clock, wallClock: clock, region, own, rateShare: 1000 });
	const account = aws.open({
		connectionId: connectionIdSchema.parse(`con_${'0'.repeat(24)}`),
		accountId: '111111111111',
		roleArn: null,
		externalId: null,
		logGroupPatterns: [],
	});
	let sum = 0;
	for (const { operation, file, body } of recordings) {
		const reader = readers[operation];
		if (reader === undefined) {
			problems.push(`${operation}: no adapter was tried`);
			continue;
		}
		server.next(operation, (reader.sent ?? ((same) => same))(body));
		try {
			const read = await reader.read(account, body);
			const held = reader.held(body);
			if (read !== held) problems.push(`${operation} in ${file}: ${read} read of ${held}`);
			sum += read;
		} catch (error) {
			problems.push(
				`${operation} in ${file}: ${error instanceof Error ? error.message : 'failed'}`,
			);
		}
	}
	await account.end();
	aws.close();
	return sum;
}

/** What a refusal must become, by AWS's own code. */
function expected({ code, status }: RecordedRefusal): string {
	if (/AccessDenied|Unauthorized|UnrecognizedClient|InvalidClientToken|ExpiredToken/.test(code)) {
		return 'aws_access_denied';
	}
	if (/Throttl|TooManyRequests|LimitExceeded/.test(code)) return 'aws_throttled';
	if (/^(ResourceNotFoundException|NoSuchBucket|NoSuchKey)$/.test(code)) return 'not_found';
	if (status === 403) return 'aws_access_denied';
	return status >= 500 ? 'aws_unavailable' : 'aws_refused';
}

/** Refusals that AWS gave, in our own closed vocabulary. */
export function proveRefusals(data: string): Section {
	const { refusals } = readRecordings(data);
	const problems: string[] = [];
	const told = refusals.map((refusal) => {
		const { code, message, status } = refusal;
		const failure = Object.assign(new Error(message), {
			name: code,
			$fault: status >= 500 ? 'server' : 'client',
			$metadata: { httpStatusCode: status },
		});
		const ours = translateError(failure, { action: 'x:Y', region });
		const said = ours instanceof LamplightError ? ours.code : 'nothing';
		if (said !== expected(refusal)) problems.push(`${code} (${status}) is told as ${said}`);
		return { code, said };
	});
	const rows = counted(told.map(({ said }) => said)).map(([said, count]) => {
		const codes = counted(told.filter((one) => one.said === said).map(({ code }) => code));
		const names = codes
			.slice(0, 4)
			.map(([code]) => code)
			.join(', ');
		const more = codes.length > 4 ? ` and ${codes.length - 4} more` : '';
		return [said, String(count), names + more];
	});
	return {
		title: `Recorded refusals of AWS: ${refusals.length}`,
		columns: ['told as', 'refusals', 'codes'],
		rows,
		problems,
	};
}

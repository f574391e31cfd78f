import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One answer that AWS gave, with what it was an answer to. */
export interface Recording {
	readonly operation: string;
	readonly file: string;
	/** The answer's members as JSON carries them; times are epoch seconds. */
	readonly body: Readonly<Record<string, unknown>>;
}

/** One refusal that AWS gave. */
export interface RecordedRefusal {
	readonly file: string;
	readonly code: string;
	readonly message: string;
	readonly status: number;
}

export interface Recordings {
	readonly answers: readonly Recording[];
	readonly refusals: readonly RecordedRefusal[];
	/** Answers to operations that this product never calls, or that the recorder cut. */
	readonly others: number;
}

/** The member that tells which operation an answer is of, where no file name does. */
const tellers: Readonly<Record<string, string>> = {
	Functions: 'ListFunctions',
	Versions: 'ListFunctions',
	logGroups: 'DescribeLogGroups',
	searchedLogStreams: 'FilterLogEvents',
	MetricDataResults: 'GetMetricData',
	Metrics: 'ListMetrics',
	EventSourceMappings: 'ListEventSourceMappings',
	Aliases: 'ListAliases',
	ProvisionedConcurrencyConfigs: 'ListProvisionedConcurrencyConfigs',
	AccountLimit: 'GetAccountSettings',
	ResourceTagMappingList: 'GetResources',
	queryId: 'StartQuery',
	Accounts: 'ListAccounts',
	ResultsByTime: 'GetCostAndUsage',
	ReservedConcurrentExecutions: 'GetFunctionConcurrency',
};

/** Every answer and refusal in the data's recordings, of whichever form. */
export function readRecordings(data: string): Recordings {
	const answers: Recording[] = [];
	const refusals: RecordedRefusal[] = [];
	let others = 0;
	const take = (value: unknown, file: string): void => {
		if (typeof value !== 'object' || value === null) return;
		const held = value as Record<string, unknown>;
		const body = (isAnswer(held['data']) ? held['data'] : held) as Record<string, unknown>;
		if (isRefusal(body)) return void refusals.push(refusalOf(body, file));
		const teller = Object.keys(tellers).find((name) => isWhole(name, body[name]));
		if (teller !== undefined) {
			const { ResponseMetadata: _, ...members } = body;
			const operation = tellers[teller] ?? '';
			answers.push({ operation, file, body: plain(members) as Recording['body'] });
		} else if ('ResponseMetadata' in body) others += 1;
		else for (const inner of Object.values(held)) take(inner, file);
	};
	const folder = join(data, 'api');
	for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
		if (name.endsWith('.json')) take(JSON.parse(readFileSync(join(folder, name), 'utf8')), name);
		if (name.endsWith('.rst')) {
			for (const value of documented(readFileSync(join(folder, name), 'utf8'))) take(value, name);
		}
	}
	return { answers, refusals, others };
}

function isAnswer(value: unknown): boolean {
	return typeof value === 'object' && value !== null;
}

/** Members that are no lists; the others are none only where the recorder cut them. */
const single = new Set(['AccountLimit', 'queryId', 'ReservedConcurrentExecutions']);

function isWhole(name: string, value: unknown): boolean {
	return single.has(name) ? value !== undefined && !Array.isArray(value) : Array.isArray(value);
}

function isRefusal(body: Record<string, unknown>): boolean {
	const error = body['Error'] as { Code?: unknown } | undefined;
	return typeof error?.Code === 'string' && error.Code !== '';
}

function refusalOf(body: Record<string, unknown>, file: string): RecordedRefusal {
	const { Code: code, Message: message = '' } = body['Error'] as { Code: string; Message?: string };
	const { HTTPStatusCode: status = 400 } = (body['ResponseMetadata'] ?? {}) as {
		HTTPStatusCode?: number;
	};
	return { file, code, message, status };
}

/** JSON blocks of an example page: its outputs. */
function documented(text: string): unknown[] {
	return [...text.matchAll(/^ {4}\{\n[\s\S]*?^ {4}\}$/gm)].flatMap(([block]) => {
		try {
			return [JSON.parse(block) as unknown];
		} catch {
			// An example with an ellipsis in it is no JSON.
			return [];
		}
	});
}

/** Times of the recorders as JSON protocols write them; what a template replaced gets a value again. */
function plain(value: unknown, name = ''): unknown {
	if (Array.isArray(value)) return value.map((entry) => plain(entry, name));
	if (typeof value === 'string') return unmasked(value, name);
	if (typeof value !== 'object' || value === null) return value;
	const held = value as Record<string, number | string>;
	if (held['__class__'] === 'datetime') {
		const { year, month, day, hour, minute, second } = held as Record<string, number>;
		return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second) / 1000;
	}
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => {
			const given = (value as { Values?: unknown }).Values;
			const values: readonly unknown[] = Array.isArray(given) ? given : [];
			// The template cut a whole list of times to one word.
			if (key === 'Timestamps' && typeof entry === 'string')
				return [key, values.map((_, i) => 60 * i)];
			return [key, plain(entry, key)];
		}),
	);
}

const numberNames = /^(CodeSize|creationTime|storedBytes|timestamp|ingestionTime|Timeout)$/;
const isoName = /^(LastModified)$/;

function unmasked(text: string, name: string): unknown {
	if (name === 'Timestamps') return Date.parse(text) / 1000;
	const isMasked = /^(timestamp|date|datetime)$|^<.*>$/.test(text);
	if (isMasked && numberNames.test(name)) return 1_760_000_000_000;
	if (isMasked && isoName.test(name)) return '2025-10-09T08:53:20.000+0000';
	if (/^(StateTransitionTime|LastUpdated|timestamp)$/.test(name) && isMasked) return 1_760_000_000;
	return text.replaceAll('<partition>', 'aws').replaceAll('<region>', 'us-east-1');
}

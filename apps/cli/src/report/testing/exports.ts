import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, expect } from 'vitest';

import { run } from '../run.ts';

/** Files of a test's own, in a folder made before each test and removed after it. */
export function useFiles(): {
	readonly folder: () => string;
	readonly file: (name: string, content: Buffer | string) => Promise<string>;
} {
	let folder = '';
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'lamplight-report-'));
	});
	afterEach(async () => {
		await rm(folder, { recursive: true, force: true });
	});
	return {
		folder: () => folder,
		file: async (name, content) => {
			const path = join(folder, name);
			await writeFile(path, content);
			return path;
		},
	};
}

/** A request id that is the same for the same number. */
export const id = (at: number) => `0f3c1a52-9b7e-4d21-8c6a-${String(at).padStart(12, '0')}`;
/** A log stream's name. */
export const stream = '2026/10/01/[$LATEST]0123456789abcdef0123456789abcdef';

/** A REPORT line with the figures given. */
export function reportLine(
	at: number,
	options: { ms?: number; memory?: number; used?: number; more?: string } = {},
) {
	const { ms = 100, memory = 1024, used = 200, more = '' } = options;
	return `REPORT RequestId: ${id(at)}\tDuration: ${(ms - 0.5).toFixed(2)} ms\tBilled Duration: ${ms} ms\tMemory Size: ${memory} MB\tMax Memory Used: ${used} MB\t${more}`;
}

/** All lines of one execution. */
export function execution(at: number, options = {}): string[] {
	return [
		`START RequestId: ${id(at)} Version: 7`,
		'order placed',
		`END RequestId: ${id(at)}`,
		reportLine(at, options),
	];
}

/** Forty executions of 100 ms and 1,024 MB; two fail. */
export const lines = [
	'INIT_START Runtime Version: nodejs:22.v1\tRuntime Version ARN: arn:aws:lambda:eu-central-1::runtime:abc',
	...Array.from({ length: 40 }, (_, at) =>
		execution(
			at,
			at === 7
				? { more: 'Status: timeout' }
				: at === 9
					? { more: 'Status: error\tError Type: X' }
					: {},
		),
	).flat(),
];

interface Ran {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs the command as a person would. */
export async function report(args: string[], stdin: Buffer | string = ''): Promise<Ran> {
	let stdout = '';
	let stderr = '';
	const code = await run(args, {
		stdin: Readable.from([Buffer.from(stdin)]),
		stdout: { write: (text: string) => (stdout += text) },
		stderr: { write: (text: string) => (stderr += text) },
	});
	return { code, stdout, stderr };
}

/** What `--format json` prints, as far as the tests look. */
export interface ReportJson {
	readonly rows: {
		key: string;
		region: string;
		invocations: number;
		errors: number;
		timeouts: number;
		coldStarts: number;
		billedGbSeconds: string;
		cost: Record<string, string> | null;
		memory: { suggestedMib: number | null; saving: string | null } | null;
		durationUs: { p50: number };
	}[];
	readonly dearest: { requestId: string; cost: string; attempt: number }[];
	readonly notUnderstood: {
		count: number;
		samples: { file: string; line: number; reason: string; text: string }[];
	};
	readonly files: { path: string; problem: string | null }[];
	readonly records: Record<string, number>;
	readonly notes: string[];
}

/** Runs the command, which must succeed, and reads its JSON. */
export async function reportJson(args: string[], stdin: Buffer | string = ''): Promise<ReportJson> {
	const { code, stdout } = await report([...args, '--format', 'json'], stdin);
	expect(code).toBe(0);
	return JSON.parse(stdout) as ReportJson;
}

/** The same lines as log events. */
export const events = lines.map((message, at) => ({
	logStreamName: stream,
	timestamp: Date.UTC(2026, 9, 1) + at * 1000,
	message: `${message}\n`,
	ingestionTime: 1,
	eventId: String(at),
}));

/** Rows as CSV, every field quoted. */
export function csvOf(rows: readonly (readonly string[])[]): string {
	return rows
		.map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(','))
		.join('\n');
}

const iso = (at: number) => new Date(Date.UTC(2026, 9, 1) + at * 1000).toISOString();

/** The same executions in every form that people export logs in. */
export const forms: Record<string, string | Buffer> = {
	'plain text': lines.join('\n'),
	'plain text from Windows': lines.join('\r\n'),
	'UTF-16 as PowerShell writes it': Buffer.concat([
		Buffer.from([0xff, 0xfe]),
		Buffer.from(lines.join('\r\n'), 'utf16le'),
	]),
	'text with a byte order mark': `\ufeff${lines.join('\n')}`,
	'aws logs tail': lines
		.map((line, at) => `${iso(at).slice(0, 23)}000+00:00 ${stream} ${line}`)
		.join('\n'),
	'aws logs tail, short': lines.map((line, at) => `${iso(at).slice(0, 19)} ${line}`).join('\n'),
	'S3 export': gzipSync(lines.map((line, at) => `${iso(at)} ${line}`).join('\n')),
	'S3 export of several gzip members': Buffer.concat([
		gzipSync(`${lines.slice(0, 30).join('\n')}\n`),
		gzipSync(lines.slice(30).join('\n')),
	]),
	'filter-log-events': JSON.stringify({ events, searchedLogStreams: [] }, null, 4),
	'filter-log-events on one line': JSON.stringify({ events }),
	'an array of events': JSON.stringify(events),
	'JSON lines': events.map((event) => JSON.stringify(event)).join('\n'),
	'a subscription’s envelope': JSON.stringify({
		messageType: 'DATA_MESSAGE',
		owner: '111122223333',
		logGroup: '/aws/lambda/checkout',
		logStream: stream,
		subscriptionFilters: ['all'],
		logEvents: events.map(({ message, timestamp, eventId }) => ({
			id: eventId,
			timestamp,
			message,
		})),
	}),
	'console CSV': `timestamp,message\n${csvOf(events.map(({ timestamp, message }) => [String(timestamp), message]))}`,
	'Insights CSV': `@timestamp,@message,@logStream,@log\n${csvOf(events.map(({ message }, at) => [iso(at).replace('T', ' ').replace('Z', ''), message, stream, '111122223333:/aws/lambda/checkout']))}\n`,
	'text between JSON lines': [
		...events.slice(0, 50).map((event) => JSON.stringify(event)),
		...lines.slice(50),
	].join('\n'),
};

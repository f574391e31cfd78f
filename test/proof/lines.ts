import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { run } from '@lamplight/cli/report/run';
import { fingerprint } from '@lamplight/core/issue/fingerprint';
import { parseMessage } from '@lamplight/core/invocation/parse';
import type { PlatformRecord } from '@lamplight/core/invocation/record';

import { counted, type Section } from './section.ts';

interface Line {
	readonly kind: string;
	readonly line: string;
}

interface Stack {
	readonly runtime: string;
	readonly text: string;
}

/** What a line of each kind of the data is; `null` for what an application wrote. */
const recordOf: Readonly<Record<string, PlatformRecord['kind'] | null>> = {
	REPORT: 'report',
	START: 'start',
	END: 'end',
	INIT_START: 'initStart',
	INIT_REPORT: 'initReport',
	RESTORE: 'restoreReport',
	TIMEOUT: 'timedOut',
	EXIT: 'exit',
	ERROR_JSON: null,
	'platform.start': 'start',
	'platform.end': 'end',
	'platform.report': 'report',
	'platform.runtimeDone': 'runtimeDone',
	'platform.initStart': 'initStart',
	'platform.initReport': 'initReport',
	'platform.initRuntimeDone': 'initRuntimeDone',
	'platform.restoreStart': 'restoreStart',
	'platform.restoreReport': 'restoreReport',
	'platform.extension': 'extension',
	'platform.telemetrySubscription': 'subscription',
	'platform.logsSubscription': 'subscription',
	'platform.logsDropped': 'logsDropped',
	'platform.fault': 'exit',
};

function readJsonLines<T>(path: string): T[] {
	return readFileSync(path, 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as T);
}

/** Platform lines of public repositories through the parser and through `lamplight report`. */
export async function proveLines(data: string): Promise<Section> {
	const lines = readJsonLines<Line>(join(data, 'logs', 'lambda_log_lines.jsonl'));
	const problems: string[] = [];
	const rows = counted(lines.map(({ kind }) => kind)).map(([kind, count]) => {
		const found = lines
			.filter((one) => one.kind === kind)
			.map(({ line }) => {
				const kinds = parseMessage(line).map((record) => record.kind);
				const wanted = recordOf[kind] ?? '';
				if (kinds.join() !== wanted) {
					problems.push(`${kind} read as ${kinds.join(', ') || 'nothing'}: ${line}`);
				}
				return kinds.join(', ');
			});
		const read = counted(found)
			.map(([name, times]) => (name === '' ? `${times} no record` : `${times} ${name}`))
			.join(', ');
		return [kind, String(count), read, recordOf[kind] === null ? 'written by the application' : ''];
	});
	const report = await reported(lines);
	if (report.notUnderstood > 0) problems.push(`report: ${report.notUnderstood} not understood`);
	const reports = lines.filter(({ kind }) => kind === 'REPORT' || kind === 'platform.report');
	if (report.executions !== reports.length) {
		problems.push(`report: ${report.executions} executions of ${reports.length} REPORT lines`);
	}
	return {
		title: `Real log lines: ${lines.length}; lamplight report makes ${report.executions} executions of them, $${report.usd}`,
		columns: ['kind', 'lines', 'read as', 'why not a record'],
		rows,
		problems,
	};
}

interface Reported {
	readonly executions: number;
	readonly notUnderstood: number;
	readonly usd: string;
}

async function reported(lines: readonly Line[]): Promise<Reported> {
	const folder = mkdtempSync(join(tmpdir(), 'lamplight-proof-'));
	try {
		const path = join(folder, 'lines.log');
		writeFileSync(path, lines.map(({ line }) => line).join('\n'));
		let out = '';
		const io = {
			stdin: process.stdin,
			stdout: { write: (text: string) => (out += text) },
			stderr: { write: () => true },
		};
		await run([path, '--region', 'eu-west-1', '--format', 'json'], io);
		const found = JSON.parse(out) as {
			rows: { invocations: number }[];
			totals: { total: string }[];
			notUnderstood: { count: number };
		};
		return {
			executions: found.rows.reduce((sum, { invocations }) => sum + invocations, 0),
			notUnderstood: found.notUnderstood.count,
			usd: found.totals[0]?.total ?? '0',
		};
	} finally {
		rmSync(folder, { recursive: true });
	}
}

const languages: Readonly<Record<string, string>> = { python: 'python', nodejs: 'node' };

/** Error output of functions through the fingerprint: language, type and frames. */
export function proveStacks(data: string): Section {
	const stacks = readJsonLines<Stack>(join(data, 'logs', 'stack_traces.jsonl'));
	const problems: string[] = [];
	const rows = counted(stacks.map(({ runtime }) => runtime)).map(([runtime, count]) => {
		const own = stacks.filter((stack) => stack.runtime === runtime);
		const prints = own.map(({ text }) => ({
			text,
			print: fingerprint({ runtime: null, lines: [text] }),
		}));
		// A line without a stack says nothing about its language; that is no misreading.
		const whole = prints.filter(({ text }) => /\n|\r|\\n|"stack"/.test(text));
		for (const { text, print } of whole) {
			if (print.language === languages[runtime]) continue;
			problems.push(`${runtime} read as ${print.language ?? 'nothing'}: ${text.slice(0, 80)}`);
		}
		const issues = new Set(prints.map(({ print }) => print.hash)).size;
		return [runtime, String(count), String(whole.length), String(issues)];
	});
	return {
		title: `Error output of real functions: ${stacks.length}`,
		columns: ['runtime', 'outputs', 'with a stack', 'issues'],
		rows,
		problems,
	};
}

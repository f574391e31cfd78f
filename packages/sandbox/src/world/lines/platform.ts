import type { Member } from '../fleet.ts';
import { mix } from '../random.ts';
import type { Block } from '../run/block.ts';
import { hex8, versionLabel } from '../run/identity.ts';
import { eventOf } from '../run/traits.ts';
import type { Failure } from './failure.ts';
import { isoTime } from './template.ts';

/** What a platform line is written from. */
export interface RowFacts {
	readonly member: Member;
	readonly block: Block;
	readonly row: number;
	readonly failure: Failure | null;
	readonly requestId: string;
}

// X-Ray samples the first request of a second and 5% of the others (X-Ray developer guide, "Sampling
// rules", read 2026-04); here one in twenty.
const sampledOneIn = 20;

/** Whether X-Ray traced the row. */
export function isTraced(member: Member, event: number): boolean {
	return member.blueprint.tracing && event % sampledOneIn === 0;
}

/** The trace that a row's report names; `null` where X-Ray took no sample. */
export function traceIdOf(member: Member, block: Block, row: number): string | null {
	const event = eventOf(member, block, row);
	return isTraced(member, event) ? traceOf(member, event, block.startMs).id : null;
}

/** Hundredths of a millisecond as REPORT prints them: `12.34`. */
export function twoDecimals(us: number): string {
	const hundredths = Math.round(us / 10);
	const rest = hundredths % 100;
	return `${Math.floor(hundredths / 100)}.${rest < 10 ? '0' : ''}${rest}`;
}

const runtimeNames: Readonly<Record<string, string>> = {
	'nodejs24.x': 'nodejs:24.v14',
	'nodejs22.x': 'nodejs:22.v58',
	'nodejs20.x': 'nodejs:20.v86',
	'python3.13': 'python:3.13.v62',
	'python3.12': 'python:3.12.v91',
	java21: 'java:21.v53',
	java17: 'java:17.v70',
	dotnet8: 'dotnet:8.v41',
	'provided.al2023': 'provided:al2023.v108',
};

interface RuntimeVersion {
	readonly name: string;
	readonly arn: string;
}

/** The runtime's version as INIT_START names it; `null` for images, which have none. */
export function runtimeVersion(member: Member): RuntimeVersion | null {
	const { runtime } = member.blueprint;
	if (runtime === null) return null;
	const name = runtimeNames[runtime] ?? runtime;
	const digest = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => hex8(mix(name.length, n, name.charCodeAt(0))));
	return { name, arn: `arn:aws:lambda:${member.region}::runtime:${digest.join('')}` };
}

/** The line that an environment's start writes; `null` where there is none. */
export function initLine(facts: RowFacts, timeMs: number): string | null {
	const { member } = facts;
	const version = runtimeVersion(member);
	const word = member.blueprint.snapStart ? 'RESTORE_START' : 'INIT_START';
	if (member.blueprint.logs.format === 'JSON') return jsonInit(facts, timeMs, version);
	if (version === null) return null;
	return `${word} Runtime Version: ${version.name}\tRuntime Version ARN: ${version.arn}\n`;
}

function jsonInit(facts: RowFacts, timeMs: number, version: RuntimeVersion | null): string {
	const { member } = facts;
	const type = member.blueprint.snapStart ? 'platform.restoreStart' : 'platform.initStart';
	const record = {
		...(member.blueprint.snapStart ? {} : { initializationType: 'on-demand', phase: 'init' }),
		...(version === null ? {} : { runtimeVersion: version.name, runtimeVersionArn: version.arn }),
		functionName: member.name,
		functionVersion: versionOf(facts),
	};
	return `${JSON.stringify({ time: isoTime(timeMs), type, record })}\n`;
}

/** RESTORE_REPORT in text format; JSON tells the restore in platform.report. */
export function restoreLine({ block, row }: RowFacts): string {
	return `RESTORE_REPORT Restore Duration: ${twoDecimals(block.restoreUs[row] ?? 0)} ms\n`;
}

/** START, or platform.start. */
export function startLine(facts: RowFacts, timeMs: number): string {
	const id = facts.requestId;
	const version = versionOf(facts);
	if (facts.member.blueprint.logs.format === 'JSON') {
		return `{"time":"${isoTime(timeMs)}","type":"platform.start","record":{"requestId":"${id}","version":"${version}"}}\n`;
	}
	return `START RequestId: ${id} Version: ${version}\n`;
}

/** END; JSON format has none. */
export function endLine({ requestId }: RowFacts): string {
	return `END RequestId: ${requestId}\n`;
}

/** platform.runtimeDone of a failure; that of a success is of level DEBUG and hidden. */
export function runtimeDoneLine(facts: RowFacts, timeMs: number): string {
	const { block, row, failure, requestId } = facts;
	const record = {
		requestId,
		...statusRecord(failure),
		metrics: { durationMs: (block.durationUs[row] ?? 0) / 1000 },
	};
	return `${JSON.stringify({ time: isoTime(timeMs), type: 'platform.runtimeDone', record })}\n`;
}

/** REPORT, or platform.report. */
export function reportLine(facts: RowFacts, timeMs: number): string {
	return facts.member.blueprint.logs.format === 'JSON'
		? jsonReport(facts, timeMs)
		: textReport(facts);
}

function textReport({ member, block, row, failure, requestId }: RowFacts): string {
	const initUs = block.initUs[row] ?? 0;
	const restoreUs = block.restoreUs[row] ?? 0;
	const event = eventOf(member, block, row);
	const errorType = failure?.report?.errorType ?? null;
	const parts = [
		`REPORT RequestId: ${requestId}`,
		`Duration: ${twoDecimals(block.durationUs[row] ?? 0)} ms`,
		`Billed Duration: ${block.billedMs[row] ?? 0} ms`,
		`Memory Size: ${block.memoryMib[row] ?? 0} MB`,
		`Max Memory Used: ${block.memoryUsedMib[row] ?? 0} MB`,
		...(initUs > 0 ? [`Init Duration: ${twoDecimals(initUs)} ms`] : []),
		...(restoreUs > 0
			? [
					`Restore Duration: ${twoDecimals(restoreUs)} ms`,
					`Billed Restore Duration: ${block.billedRestoreMs[row] ?? 0} ms`,
				]
			: []),
		...(failure === null || failure.report === null ? [] : [`Status: ${failure.report.status}`]),
		...(errorType === null ? [] : [`Error Type: ${errorType}`]),
		'\n',
	];
	const report = parts.join('\t');
	if (!isTraced(member, event)) return report;
	const trace = traceOf(member, event, block.startMs);
	return `${report}XRAY TraceId: ${trace.id}\tSegmentId: ${trace.segment}\tSampled: true\t\n`;
}

/** Written by hand: it is the line that is read most. */
function jsonReport(facts: RowFacts, timeMs: number): string {
	const { member, block, row, failure } = facts;
	const initUs = block.initUs[row] ?? 0;
	const restoreUs = block.restoreUs[row] ?? 0;
	const event = eventOf(member, block, row);
	const init = initUs > 0 ? `,"initDurationMs":${initUs / 1000}` : '';
	const restore =
		restoreUs > 0
			? `,"restoreDurationMs":${restoreUs / 1000},"billedRestoreDurationMs":${block.billedRestoreMs[row] ?? 0}`
			: '';
	const { status, errorType } = statusRecord(failure);
	const error = errorType === undefined ? '' : `,"errorType":"${errorType}"`;
	return (
		`{"time":"${isoTime(timeMs)}","type":"platform.report","record":{"requestId":"${facts.requestId}",` +
		`"metrics":{"durationMs":${(block.durationUs[row] ?? 0) / 1000},"billedDurationMs":${block.billedMs[row] ?? 0},` +
		`"memorySizeMB":${block.memoryMib[row] ?? 0},"maxMemoryUsedMB":${block.memoryUsedMib[row] ?? 0}${init}${restore}},` +
		`${isTraced(member, event) ? tracing(member, event, block.startMs) : ''}"status":"${status}"${error}}}\n`
	);
}

function tracing(member: Member, event: number, atMs: number): string {
	const trace = traceOf(member, event, atMs);
	return `"tracing":{"spanId":"${trace.segment}","type":"X-Amzn-Trace-Id","value":"Root=${trace.id};Parent=${trace.parent};Sampled=1"},`;
}

/** `error` for an exception that the runtime caught, `failure` for a process that died. */
function statusRecord(failure: Failure | null): { status: string; errorType?: string } {
	if (failure === null) return { status: 'success' };
	if (failure.report === null) return { status: 'error' };
	if (failure.report.status === 'timeout') return { status: 'timeout' };
	return { status: 'failure', errorType: failure.errorType };
}

function traceOf(member: Member, event: number, atMs: number) {
	const words = [1, 2, 3, 4, 5, 6, 7].map((n) => hex8(mix(event, n, member.seed)));
	const [a, b, c, d, e, f, g] = words;
	return {
		id: `1-${hex8(Math.floor(atMs / 1000))}-${a}${b}${c}`,
		segment: `${d}${e}`,
		parent: `${f}${g}`,
	};
}

function versionOf({ member, block, row }: RowFacts): string {
	const environment = block.environments[block.environment[row] ?? 0];
	return versionLabel(member, environment?.version ?? 0);
}

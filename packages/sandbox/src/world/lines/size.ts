import type { Member } from '../fleet.ts';
import type { Block } from '../run/block.ts';
import { versionLabel } from '../run/identity.ts';
import { eventOf } from '../run/traits.ts';
import { deckOf } from './deck.ts';
import { type Failure, failureOf } from './failure.ts';
import { isTraced, runtimeVersion } from './platform.ts';

// A batch of log events is measured as its messages in UTF-8 and 26 bytes for each event (PutLogEvents,
// API reference, read 2026-04); CloudWatch Logs meters what comes in the same way.
const bytesPerEvent = 26;

/** Measures what the executions of one function write, by arithmetic and without writing a line. */
export interface Sizer {
	/** Bytes of a row's log events. */
	bytes(block: Block, row: number): number;
	/** Their number. */
	events(block: Block, row: number): number;
}

const sizers = new WeakMap<Member, Sizer>();

/** The sizer of a function; ask once and use it for many rows. */
export function sizerOf(member: Member): Sizer {
	const known = sizers.get(member);
	if (known !== undefined) return known;
	const made = makeSizer(member);
	sizers.set(member, made);
	return made;
}

function makeSizer(member: Member): Sizer {
	const fixed = member.blueprint.logs.format === 'JSON' ? fixedJson(member) : fixedText(member);
	const deck = deckOf(member);
	const eventsOf = (block: Block, row: number, event: number): number => {
		const isCold = (block.initUs[row] ?? 0) + (block.restoreUs[row] ?? 0) > 0;
		const usual =
			fixed.events +
			(isCold ? fixed.eventsOfColdStart : 0) +
			(deck[event & (deck.length - 1)]?.lines.length ?? 0);
		if (block.status[row] === 0) return usual;
		return usual + fixed.eventsOfFailure + (failureOf(member, block, row)?.lines.length ?? 0);
	};
	return {
		events: (block, row) => eventsOf(block, row, eventOf(member, block, row)),
		bytes(block, row) {
			const event = eventOf(member, block, row);
			const usual =
				platformBytes(member, block, { row, event, fixed }) +
				(deck[event & (deck.length - 1)]?.bytes ?? 0) +
				bytesPerEvent * eventsOf(block, row, event);
			if (block.status[row] === 0) return usual;
			const failure = failureOf(member, block, row);
			return usual + (failure?.bytes ?? 0) + reportExtra(block, { row, fixed, failure });
		},
	};
}

/** Lengths that do not change from row to row. */
interface Fixed {
	readonly isJson: boolean;
	readonly isQuiet: boolean;
	readonly events: number;
	readonly eventsOfColdStart: number;
	readonly eventsOfFailure: number;
	/** Without the version's own length. */
	readonly start: number;
	readonly end: number;
	/** Without its figures. */
	readonly report: number;
	readonly init: number;
	/** Whether the init line carries the version. */
	readonly initHasVersion: boolean;
	readonly trace: number;
}

const requestIdBytes = 36;
const isoBytes = 24;

function fixedText(member: Member): Fixed {
	const version = runtimeVersion(member);
	const { snapStart } = member.blueprint;
	const word = snapStart ? 'RESTORE_START' : 'INIT_START';
	const init =
		version === null
			? 0
			: `${word} Runtime Version: ${version.name}\tRuntime Version ARN: ${version.arn}\n`.length;
	return {
		isJson: false,
		isQuiet: false,
		events: 3,
		eventsOfColdStart: (version === null ? 0 : 1) + (snapStart ? 1 : 0),
		eventsOfFailure: 0,
		start: 'START RequestId:  Version: \n'.length + requestIdBytes,
		end: 'END RequestId: \n'.length + requestIdBytes,
		report:
			'REPORT RequestId: \tDuration:  ms\tBilled Duration:  ms\tMemory Size:  MB\tMax Memory Used:  MB\t\n'
				.length + requestIdBytes,
		init,
		initHasVersion: false,
		trace: 'XRAY TraceId: \tSegmentId: \tSampled: true\t\n'.length + 35 + 16,
	};
}

function fixedJson(member: Member): Fixed {
	const version = runtimeVersion(member);
	const { snapStart, logs } = member.blueprint;
	const isQuiet = logs.systemLogLevel === 'WARN';
	const head = (type: string) =>
		`{"time":"","type":"platform.${type}","record":{}}\n`.length + isoBytes;
	const runtime =
		version === null
			? 0
			: `"runtimeVersion":"${version.name}","runtimeVersionArn":"${version.arn}",`.length;
	const names = `"functionName":"${member.name}","functionVersion":""`.length;
	return {
		isJson: true,
		isQuiet,
		events: isQuiet ? 0 : 2,
		eventsOfColdStart: isQuiet ? 0 : 1,
		// runtimeDone, and the report that level WARN hides otherwise.
		eventsOfFailure: isQuiet ? 2 : 1,
		start: head('start') + '"requestId":"","version":""'.length + requestIdBytes,
		end: 0,
		report:
			head('report') +
			'"requestId":"","metrics":{"durationMs":,"billedDurationMs":,"memorySizeMB":,"maxMemoryUsedMB":},"status":""'
				.length +
			requestIdBytes,
		init:
			head(snapStart ? 'restoreStart' : 'initStart') +
			(snapStart ? 0 : '"initializationType":"on-demand","phase":"init",'.length) +
			runtime +
			names,
		initHasVersion: true,
		trace:
			'"tracing":{"spanId":"","type":"X-Amzn-Trace-Id","value":"Root=;Parent=;Sampled=1"},'.length +
			16 +
			35 +
			16,
	};
}

interface At {
	readonly row: number;
	readonly event: number;
	readonly fixed: Fixed;
}

function platformBytes(member: Member, block: Block, at: At): number {
	const { row, event, fixed } = at;
	const failed = (block.status[row] ?? 0) !== 0;
	const version = versionBytes(member, block, row);
	let bytes = fixed.end;
	if (!fixed.isQuiet) bytes += fixed.start + version;
	const isCold = (block.initUs[row] ?? 0) + (block.restoreUs[row] ?? 0) > 0;
	if (isCold && !fixed.isQuiet) {
		bytes += fixed.init + (fixed.initHasVersion ? version : 0);
		if (member.blueprint.snapStart && !fixed.isJson) {
			bytes +=
				'RESTORE_REPORT Restore Duration:  ms\n'.length + decimalBytes(block.restoreUs[row] ?? 0);
		}
	}
	if (fixed.isQuiet && !failed) return bytes;
	return bytes + reportBytes(member, block, { row, event, fixed });
}

const initTextBytes = '\tInit Duration:  ms'.length;
const initJsonBytes = ',"initDurationMs":'.length;
const restoreTextBytes = '\tRestore Duration:  ms\tBilled Restore Duration:  ms'.length;
const restoreJsonBytes = ',"restoreDurationMs":,"billedRestoreDurationMs":'.length;

function reportBytes(member: Member, block: Block, at: At): number {
	const { row, event, fixed } = at;
	const number = fixed.isJson ? shortestBytes : decimalBytes;
	const initUs = block.initUs[row] ?? 0;
	const restoreUs = block.restoreUs[row] ?? 0;
	let bytes =
		fixed.report +
		number(block.durationUs[row] ?? 0) +
		digitCount(block.billedMs[row] ?? 0) +
		digitCount(block.memoryMib[row] ?? 0) +
		digitCount(block.memoryUsedMib[row] ?? 0);
	if (initUs > 0) bytes += (fixed.isJson ? initJsonBytes : initTextBytes) + number(initUs);
	if (restoreUs > 0) {
		bytes += (fixed.isJson ? restoreJsonBytes : restoreTextBytes) + number(restoreUs);
		bytes += digitCount(block.billedRestoreMs[row] ?? 0);
	}
	if (isTraced(member, event)) bytes += fixed.trace;
	if (fixed.isJson && (block.status[row] ?? 0) === 0) bytes += 'success'.length;
	return bytes;
}

/** What a failure adds to the report and, in JSON, to platform.runtimeDone. */
function reportExtra(
	block: Block,
	at: { row: number; fixed: Fixed; failure: Failure | null },
): number {
	const { row, fixed, failure } = at;
	const report = failure?.report ?? null;
	if (!fixed.isJson) {
		if (report === null) return 0;
		const type = report.errorType === null ? 0 : `\tError Type: ${report.errorType}`.length;
		return `\tStatus: ${report.status}`.length + type;
	}
	const status = report === null ? 'error' : report.status === 'timeout' ? 'timeout' : 'failure';
	const type = status === 'failure' ? `,"errorType":"${failure?.errorType ?? ''}"`.length : 0;
	const done =
		'{"time":"","type":"platform.runtimeDone","record":{"requestId":"","status":"","metrics":{"durationMs":}}}\n'
			.length +
		isoBytes +
		requestIdBytes;
	return 2 * (status.length + type) + done + shortestBytes(block.durationUs[row] ?? 0);
}

function versionBytes(member: Member, block: Block, row: number): number {
	if (member.blueprint.release.alias === null) return '$LATEST'.length;
	const environment = block.environments[block.environment[row] ?? 0];
	return versionLabel(member, environment?.version ?? 0).length;
}

/** Digits of a whole number. */
function digitCount(value: number): number {
	if (value < 10) return 1;
	if (value < 100) return 2;
	if (value < 1000) return 3;
	if (value < 10_000) return 4;
	return String(value).length;
}

/** Length of microseconds as milliseconds with two decimals. */
function decimalBytes(us: number): number {
	return digitCount(Math.floor(us / 1000)) + 3;
}

/** Length of microseconds as milliseconds in JSON, which drops trailing zeros. */
function shortestBytes(us: number): number {
	const hundredths = Math.round(us / 10);
	const whole = digitCount(Math.floor(hundredths / 100));
	if (hundredths % 100 === 0) return whole;
	return whole + (hundredths % 10 === 0 ? 2 : 3);
}

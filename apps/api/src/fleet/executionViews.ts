import type { Execution } from '@lamplight/core/execution/execution';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { ExecutionPage, ExecutionRow } from '../contract/executions.ts';
import type { LogLine } from '../contract/logs.ts';
import { executionPrice } from '../cost/executionCost.ts';
import { wireMoney } from '../cost/wire.ts';
import { ms } from './figures.ts';
import { instant } from './range.ts';

/** How an execution ended, in the product's words. */
export function statusOf({ status, errorType }: Execution): ExecutionRow['status'] {
	if (errorType !== null && /outofmemory/i.test(errorType)) return 'outOfMemory';
	return status === 'success' ? 'ok' : status;
}

/** An execution as a row. */
export function executionRow(fn: DirectoryFunction, execution: Execution): ExecutionRow {
	return {
		requestId: execution.requestId,
		attempt: execution.attempt,
		at: instant(execution.startMs),
		status: statusOf(execution),
		errorType: execution.errorType,
		durationMs: ms(execution.durationUs),
		billedMs: execution.billedMs,
		initMs: ms(execution.initUs),
		restoreMs: ms(execution.restoreUs),
		memoryMib: execution.memoryMib,
		memoryUsedMib: execution.maxMemoryUsedMib,
		logStream: execution.logStream,
		version: execution.version,
		cost: wireMoney(executionPrice(fn, execution).total, 'measured'),
	};
}

/** Time without a line counts as silence from this length and share of the run on. */
const silentMs = 500;
const silentShare = 0.2;

/**
 * The timeline from the record and, where they were read, the times of the lines: what an observer
 * outside can know. Silence is where the handler wrote nothing.
 */
export function phasesOf(
	execution: Execution,
	lines: readonly LogLine[] | null,
): ExecutionPage['phases'] {
	const initMs = ms(execution.initUs) ?? 0;
	const restoreMs = ms(execution.restoreUs) ?? 0;
	const runMs = ms(execution.durationUs);
	const billedInit = execution.billedMs !== null && execution.billedMs + 1 >= runMs + initMs;
	const before = initMs + restoreMs;
	const phase = (
		kind: ExecutionPage['phases'][number]['kind'],
		fromMs: number,
		toMs: number,
		billed: boolean,
	) => ({ kind, fromMs, toMs, billed, label: null });
	return [
		...(initMs > 0 ? [phase('init', -before, -before + initMs, billedInit)] : []),
		...(restoreMs > 0 ? [phase('restore', -restoreMs, 0, true)] : []),
		phase('run', 0, runMs, true),
		...(lines === null ? [] : silences(lines, runMs)),
	];
}

function silences(lines: readonly LogLine[], runMs: number): ExecutionPage['phases'] {
	const inRun = lines.filter(
		({ offsetMs, kind }) =>
			offsetMs !== null && offsetMs >= 0 && offsetMs <= runMs && kind !== 'INIT_START',
	);
	return inRun.flatMap((line, at) => {
		const next = inRun[at + 1];
		const fromMs = line.offsetMs ?? 0;
		const toMs = next === undefined ? runMs : (next.offsetMs ?? runMs);
		const lengthMs = toMs - fromMs;
		if (lengthMs < silentMs || lengthMs < silentShare * runMs) return [];
		const label = line.kind === 'line' ? line.message.slice(0, 80) : null;
		return [{ kind: 'silent' as const, fromMs, toMs, billed: true, label }];
	});
}

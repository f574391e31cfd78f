import type { LogLine, LogSearch } from '@lamplight/api/contract/logs';

import { asProblem, type ApiProblem } from '../api/problem.ts';
import { beginSearch, goOn, tail, type SearchRequest, type TailRequest } from './data.ts';
import { addHistogram, mergeLines, type Histogram } from './merge.ts';

/** Lines kept on a page: more are not read by anybody, and a narrower search finds them. */
export const mostLines = 5_000;
const pauseMs = 250;

type State = 'idle' | 'running' | 'done' | 'stopped' | 'failed';

/** A search over many log groups, answer after answer, until it is done, stopped or full. */
export class LogSearching {
	state = $state<State>('idle');
	lines = $state.raw<readonly LogLine[]>([]);
	histogram = $state.raw<Histogram | null>(null);
	latest = $state.raw<LogSearch | null>(null);
	failures = $state.raw<LogSearch['failures']>([]);
	/** Of every answer so far, each once: what the first one left out stays left out. */
	limits = $state.raw<LogSearch['limits']>([]);
	linesRead = $state(0);
	/** What queries of Logs Insights scanned and cost so far; `null` page by page. */
	scanned = $state.raw<{ readonly bytes: number; readonly costUsd: number } | null>(null);
	full = $state(false);
	problem = $state.raw<ApiProblem | null>(null);
	#abort: AbortController | null = null;

	async start(ws: string, request: SearchRequest): Promise<void> {
		this.stop();
		const abort = new AbortController();
		this.#abort = abort;
		this.state = 'running';
		this.lines = [];
		this.histogram = null;
		this.latest = null;
		this.failures = [];
		this.limits = [];
		this.linesRead = 0;
		this.scanned = null;
		this.full = false;
		this.problem = null;
		try {
			let answer = await beginSearch(ws, request, abort.signal);
			this.#take(answer);
			while (answer.after !== null && !this.full) {
				await new Promise((resolve) => setTimeout(resolve, pauseMs));
				if (abort.signal.aborted) return;
				answer = await goOn(ws, answer.searchId, answer.after, abort.signal);
				this.#take(answer);
			}
			this.state = 'done';
		} catch (error) {
			if (abort.signal.aborted) return;
			this.problem = asProblem(error);
			this.state = 'failed';
		}
	}

	#take(answer: LogSearch): void {
		this.latest = answer;
		this.lines = mergeLines(this.lines, answer.lines).slice(0, mostLines);
		this.histogram = addHistogram(this.histogram, answer.histogram);
		this.linesRead += answer.progress.linesRead;
		if (answer.insights !== null) {
			this.scanned = {
				bytes: (this.scanned?.bytes ?? 0) + answer.insights.scannedBytes,
				costUsd: (this.scanned?.costUsd ?? 0) + Number(answer.insights.cost.amount),
			};
		}
		this.failures = [
			...this.failures,
			...answer.failures.filter((one) =>
				this.failures.every(({ functionId }) => functionId !== one.functionId),
			),
		];
		this.limits = [
			...this.limits,
			...answer.limits.filter((one) => this.limits.every(({ limit }) => limit !== one.limit)),
		];
		this.full = this.lines.length >= mostLines;
	}

	stop(): void {
		this.#abort?.abort();
		this.#abort = null;
		if (this.state === 'running') this.state = 'stopped';
	}
}

/** New lines of a few functions as they are written, newest first; pausing keeps what was read. */
export class LogTailing {
	on = $state(false);
	lines = $state.raw<readonly LogLine[]>([]);
	dropped = $state(0);
	problem = $state.raw<ApiProblem | null>(null);
	#abort: AbortController | null = null;

	async start(ws: string, request: Omit<TailRequest, 'cursor'>): Promise<void> {
		this.pause();
		const abort = new AbortController();
		this.#abort = abort;
		this.on = true;
		this.problem = null;
		let cursor: string | undefined;
		while (!abort.signal.aborted) {
			try {
				const answer = await tail(
					ws,
					{ ...request, ...(cursor === undefined ? {} : { cursor }) },
					abort.signal,
				);
				cursor = answer.cursor;
				this.lines = mergeLines(this.lines, answer.lines).slice(0, mostLines);
				this.dropped += answer.dropped;
				this.problem = null;
				await waiting(answer.pollAfterMs, abort.signal);
			} catch (error) {
				if (abort.signal.aborted) return;
				this.problem = asProblem(error);
				if (
					this.problem.status >= 400 &&
					this.problem.status < 500 &&
					this.problem.code !== 'rate_limited'
				)
					break;
				await waiting((this.problem.retryAfterSeconds ?? 5) * 1000, abort.signal);
			}
		}
		this.on = false;
	}

	pause(): void {
		this.#abort?.abort();
		this.#abort = null;
		this.on = false;
	}

	clear(): void {
		this.lines = [];
		this.dropped = 0;
	}
}

function waiting(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener('abort', () => {
			clearTimeout(timer);
			resolve();
		});
	});
}

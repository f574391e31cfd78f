import type { ClientRequest } from 'node:http';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';

/** Turns of the event loop without a request under way after which everything waits. */
const quietTurns = 20;

interface Sleeper {
	readonly dueMs: number;
	readonly wake: () => void;
}

/**
 * A clock that stands while work waits for other machines' answers, goes on by the processor time that
 * this process uses, and jumps to the next moment that anybody waits for. What is timed by it is the same
 * however busy the machine is: waits in full, work as on a processor of its own.
 */
export class PlannedClock {
	#atMs: number;
	#usedMs = usedMs();
	#sleepers: Sleeper[] = [];
	#underWay = 0;
	#closed = false;
	readonly #began = (message: unknown): void => {
		const { request } = message as { readonly request: ClientRequest };
		this.#underWay += 1;
		request.once('close', () => (this.#underWay -= 1));
	};

	constructor(atMs: number) {
		this.#atMs = atMs;
		subscribe('http.client.request.start', this.#began);
	}

	readonly nowMs = (): number => Math.floor(this.#atMs + usedMs() - this.#usedMs);

	readonly sleep = (ms: number): Promise<void> => {
		if (this.#closed) return Promise.resolve();
		const dueMs = this.nowMs() + ms;
		return new Promise((wake) => this.#sleepers.push({ dueMs, wake }));
	};

	/** Lets time pass until then; `onJump` hears of every jump. */
	async passUntil(endMs: number, onJump: (nowMs: number) => void): Promise<void> {
		for (;;) {
			await this.#quiet();
			const next = this.#sleepers.toSorted((a, b) => a.dueMs - b.dueMs)[0];
			const toMs = Math.max(this.nowMs(), Math.min(next?.dueMs ?? endMs, endMs));
			[this.#atMs, this.#usedMs] = [toMs, usedMs()];
			onJump(toMs);
			if (toMs >= endMs) return;
			const awake = this.#sleepers.filter(({ dueMs }) => dueMs <= toMs);
			this.#sleepers = this.#sleepers.filter(({ dueMs }) => dueMs > toMs);
			for (const { wake } of awake) wake();
		}
	}

	async #quiet(): Promise<void> {
		for (let quiet = 0; quiet < quietTurns;) {
			await turn();
			quiet = this.#underWay === 0 ? quiet + 1 : 0;
		}
	}

	/** Wakes all who still sleep; nobody waits from now on. */
	close(): void {
		this.#closed = true;
		unsubscribe('http.client.request.start', this.#began);
		for (const { wake } of this.#sleepers.splice(0)) wake();
	}
}

function usedMs(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}

import type { FunctionRow } from '@lamplight/api/contract/functions';
import { untrack } from 'svelte';

import { asProblem, type ApiProblem } from '#lib/api/problem.ts';

import type { FunctionsAnswer } from './data.ts';

/** The rows of one list: of the whole fleet, or of one group. */
interface RowList {
	readonly rows: readonly FunctionRow[];
	/** Of the whole list, loaded or not. */
	readonly count: number;
	/** Where the next page begins; `null` when all is loaded. */
	readonly nextCursor: string | null;
}

type FetchPage = (group: string | null, cursor: string | null) => Promise<FunctionsAnswer>;

const flat = '\u0000flat';

/**
 * Pages of the fleet as they come into sight. The server's cursors follow each other, so a list is
 * loaded from its beginning up to the row that is wanted.
 */
export class FleetRows {
	lists = $state.raw<Readonly<Record<string, RowList>>>({});
	problem = $state.raw<ApiProblem | null>(null);
	readonly #fetchPage: FetchPage;
	readonly #loading: Record<string, boolean> = {};
	/** Up to which row each list is wanted. */
	readonly #wanted: Record<string, number> = {};

	/** Lists of the answer before, in sight until this one's own have come. */
	readonly #before: Readonly<Record<string, RowList>>;

	constructor(fetchPage: FetchPage, before: FleetRows | null = null) {
		this.#fetchPage = fetchPage;
		this.#before = before === null ? {} : { ...before.#before, ...untrack(() => before.lists) };
	}

	list(group: string | null): RowList | undefined {
		const key = group ?? flat;
		return this.lists[key] ?? this.#before[key];
	}

	/** Puts a page that was read elsewhere at the beginning of the flat list. */
	seed(answer: FunctionsAnswer): void {
		const { rows, count, nextCursor } = answer;
		this.#set(flat, { rows, count, nextCursor });
	}

	/** Loads a list up to a row, exclusively; does nothing for rows that are there. */
	ensure(group: string | null, toRow: number): void {
		const key = group ?? flat;
		this.#wanted[key] = Math.max(toRow, this.#wanted[key] ?? 0);
		if (this.#loading[key] !== true) void this.#load(group, key);
	}

	async #load(group: string | null, key: string): Promise<void> {
		this.#loading[key] = true;
		try {
			while (this.#needsMore(key)) {
				const list = this.lists[key];
				const { rows, count, nextCursor } = await this.#fetchPage(group, list?.nextCursor ?? null);
				this.#set(key, { rows: [...(list?.rows ?? []), ...rows], count, nextCursor });
				this.problem = null;
			}
		} catch (error) {
			this.problem = asProblem(error);
		} finally {
			this.#loading[key] = false;
		}
	}

	#needsMore(key: string): boolean {
		const list = this.lists[key];
		if (list === undefined) return true;
		return list.nextCursor !== null && list.rows.length < (this.#wanted[key] ?? 0);
	}

	/** Loads again what failed. */
	retry(): void {
		this.problem = null;
		for (const [key, toRow] of Object.entries(this.#wanted))
			this.ensure(key === flat ? null : key, toRow);
	}

	#set(key: string, list: RowList): void {
		this.lists = { ...this.lists, [key]: list };
	}
}

/** The parts of dynalite 4 that we drive ourselves; it carries no types. */
declare module 'dynalite/db/index.js' {
	import type { Readable } from 'node:stream';

	export interface DynaliteStore {
		readonly db: {
			open(): Promise<void>;
			close(): Promise<void>;
			readonly status: string;
			/** Iterators close themselves when a loop over them ends, however it ends. */
			values(options: object): AsyncIterable<unknown>;
			keys(options: object): AsyncIterable<unknown>;
			createValueStream: (options: object) => Readable;
			createKeyStream: (options: object) => Readable;
		};
		getTagDb(name: string): {
			get(key: string, done: (error: Error | null, value?: unknown) => void): void;
			put(key: string, value: unknown, done: (error: Error | null) => void): void;
		};
		getTable(
			name: string,
			checkStatus: boolean,
			done: (error: Error | null, table?: { readonly TableName: string }) => void,
		): void;
	}
	export function create(options: {
		readonly path?: string;
		readonly createTableMs: number;
		readonly deleteTableMs: number;
		readonly updateTableMs: number;
	}): DynaliteStore;
}

declare module 'dynalite/validations/index.js' {
	import type { DynaliteStore } from 'dynalite/db/index.js';

	export function toLowerFirst(name: string): string;
	export function checkTypes(data: unknown, types: unknown): unknown;
	export function checkValidations(
		data: unknown,
		types: unknown,
		custom: unknown,
		store: DynaliteStore,
	): void;
}

import type { Db, QuerySpan } from './db.ts';
import type { Item } from './item.ts';
import type { Key } from './keys.ts';

/** What a reader needs of the table. */
export type Reads = Pick<Db, 'clock' | 'get' | 'getMany' | 'query'>;

/** Items by a name, those that were used least lately forgotten first. */
export class ItemMemory {
	readonly #mostBytes: number;
	readonly #known = new Map<string, { readonly items: readonly Item[]; readonly bytes: number }>();
	#bytes = 0;

	constructor(mostBytes: number) {
		this.#mostBytes = mostBytes;
	}

	get(name: string): readonly Item[] | null {
		const entry = this.#known.get(name);
		if (entry === undefined) return null;
		this.#known.delete(name);
		this.#known.set(name, entry);
		return entry.items;
	}

	set(name: string, items: readonly Item[]): void {
		const bytes = items.reduce((sum, item) => sum + sizeOf(item), name.length);
		this.#bytes += bytes - (this.#known.get(name)?.bytes ?? 0);
		this.#known.delete(name);
		this.#known.set(name, { items, bytes });
		for (const [oldest, entry] of this.#known) {
			if (this.#bytes <= this.#mostBytes) break;
			this.#known.delete(oldest);
			this.#bytes -= entry.bytes;
		}
	}
}

/** Beside its blob an item is small: keys and a few numbers. */
const besideBlobBytes = 300;

function sizeOf({ blob }: Item): number {
	return besideBlobBytes + (blob instanceof Uint8Array ? blob.length : 0);
}

/**
 * Reads that ask for nothing twice, as far as `memory` reaches: for work that needs the same items
 * several times and wants them as they were at its beginning. Items stay compressed meanwhile.
 */
export function sharedReads(db: Reads, memory: ItemMemory): Reads {
	const nameOf = ({ pk, sk }: Key) => `item ${pk} ${sk}`;
	return {
		clock: db.clock,
		async get(key, options) {
			const name = nameOf(key);
			const known = memory.get(name);
			if (known !== null) return known[0] ?? null;
			const item = await db.get(key, options);
			memory.set(name, item === null ? [] : [item]);
			return item;
		},
		async getMany(keys) {
			const known = keys.map((key) => memory.get(nameOf(key)));
			const unknown = keys.filter((_, at) => known[at] === null);
			const read = await db.getMany(unknown);
			const found = new Map(read.map((item) => [nameOf(item), item]));
			for (const key of unknown) {
				const item = found.get(nameOf(key));
				memory.set(nameOf(key), item === undefined ? [] : [item]);
			}
			return [...known.flatMap((items) => items ?? []), ...read];
		},
		async query(pk, span: QuerySpan = {}) {
			const name = `query ${pk} ${JSON.stringify(span)}`;
			const known = memory.get(name);
			if (known !== null) return [...known];
			const items = await db.query(pk, span);
			memory.set(name, items);
			return items;
		},
	};
}

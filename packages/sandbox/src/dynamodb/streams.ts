import { Readable } from 'node:stream';

import type { DynaliteStore } from 'dynalite/db/index.js';

/**
 * Replaces dynalite's streams over the tables by ones that close their iterator. Its own never do,
 * and an open iterator holds on to every file and memory table of the moment it began: with one
 * left behind by each query, nothing that was overwritten or deleted ever left the disk.
 */
export function closeIterators({ db }: DynaliteStore): void {
	db.createValueStream = (options) => Readable.from(db.values(options));
	db.createKeyStream = (options) => Readable.from(db.keys(options));
}

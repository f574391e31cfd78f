/** Process entry of one bench, named in the first argument: sends its rows to the parent and ends. */
import { join } from 'node:path';

import type { Bench, BenchRow } from './bench.ts';

/** What a bench tells whoever started it. */
export type BenchMessage =
	| { readonly kind: 'about'; readonly about: string }
	| { readonly kind: 'row'; readonly row: BenchRow };

const tell = (message: BenchMessage) =>
	new Promise<void>((resolve, reject) => {
		if (process.send === undefined) throw new Error('a bench is run by `npm run bench -- NAME`');
		process.send(message, (error: Error | null) => (error === null ? resolve() : reject(error)));
	});

const path = join(import.meta.dirname, `${process.argv[2] ?? ''}.bench.ts`);
const { bench } = (await import(path)) as { readonly bench: Bench };
const told = [tell({ kind: 'about', about: bench.about })];
await bench.run((row) => void told.push(tell({ kind: 'row', row })));
await Promise.all(told);
process.exit(0);

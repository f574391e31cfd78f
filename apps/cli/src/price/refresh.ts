import { writeFile } from 'node:fs/promises';

import { invalidField } from '@lamplight/core/errors';
import type { RateBook } from '@lamplight/pricing/rates/book';
import { bundledRates } from '@lamplight/pricing/rates/bundled';
import type { RateDocument } from '@lamplight/pricing/rates/card';
import { fetchRates } from '@lamplight/pricing/refresh/fetch';
import { mergeRates } from '@lamplight/pricing/refresh/merge';

export interface RefreshOptions {
	/** Only this region; `null` for all. */
	readonly region: string | null;
	/** Where to write. Throws `invalid_input` when it is `null`. */
	readonly out: string | null;
	/** The rates to take up; those that come with Lamplight when left out. */
	readonly from: RateBook | undefined;
	readonly io: { readonly stderr: { write(text: string): unknown } };
}

/** Asks AWS for today's prices and writes them, with all past ones, as a file of rates. */
export async function refresh({ region, out, from, io }: RefreshOptions): Promise<number> {
	if (out === null) throw invalidField('--out', 'expected the file to write the rates to');
	const fetched = await fetchRates({ region });
	const known = (from ?? bundledRates()).document;
	const { document, added, changed, unchanged } = mergeRates(known, fetched.rates);
	await writeFile(out, formatRates(document));
	const say = (text: string) => io.stderr.write(`lamplight price refresh: ${text}\n`);
	say(`${added} prices added, ${changed} changed, ${unchanged} as before; written to ${out}`);
	if (fetched.others.length > 0) say(`no component of ours: ${fetched.others.join(', ')}`);
	for (const { reason, sample } of fetched.notUnderstood.slice(0, 5)) {
		say(`not understood: ${reason}: ${sample}`);
	}
	return 0;
}

/** The document with a row to a line, so that a change of prices is a readable diff. */
function formatRates(document: RateDocument): string {
	const list = (values: readonly unknown[]) =>
		`[\n${values.map((value) => `\t\t${JSON.stringify(value)}`).join(',\n')}\n\t]`;
	const sources = Object.entries(document.sources)
		.map(([key, value]) => `\t\t${JSON.stringify(key)}: ${JSON.stringify(value)}`)
		.join(',\n');
	return `{\n\t"version": 1,\n\t"sources": {\n${sources}\n\t},\n\t"allowances": ${list(document.allowances)},\n\t"rates": ${list(document.rates)}\n}\n`;
}

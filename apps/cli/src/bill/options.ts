import { parseArgs } from 'node:util';

import type { TallyKey } from '@lamplight/core/bill/tally';
import { invalidField } from '@lamplight/core/errors';

export const formats = ['table', 'json', 'csv'] as const;
export type OutputFormat = (typeof formats)[number];

export const bases = ['net-amortized', 'net-unblended', 'amortized', 'unblended', 'list'] as const;
export type BillBasis = (typeof bases)[number];

export const exports = ['billed', 'estimate'] as const;
export type ExportKind = (typeof exports)[number];

const splits = ['day', 'usage-type', 'resource', 'account', 'region', 'kind'] as const;

/** What `lamplight bill` was asked for. */
export interface BillOptions {
	readonly files: readonly string[];
	readonly format: OutputFormat;
	readonly basis: BillBasis;
	readonly splits: readonly TallyKey[];
	/** Rows of each split that the table shows; JSON and CSV have all. */
	readonly top: number;
	/** `null`: no export. */
	readonly focus: ExportKind | null;
}

export const billHelp = `Usage: lamplight bill FILE... [OPTIONS]

Reads AWS bills and prints what Lambda and CloudWatch Logs cost. Forms, told by their content: Cost and
Usage Report (CSV), CUR 2.0 (CSV, Parquet), FOCUS 1.0 to 1.2 (CSV, Parquet); CSV also gzipped.

  --by SPLIT             ${splits.join(', ')}, tag:NAME; may be repeated
                         (default: day, usage-type, resource, and each --tag)
  --tag NAME             same as --by tag:NAME beside the default splits; may be repeated
  --basis BASIS          ${bases.join(', ')}
                         (default: net-amortized; what the bill does not state falls back to the nearest)
  --top N                rows of each split in the table (default: 20)
  --format FORMAT        ${formats.join(', ')} (default: table)
  --focus billed         write the lines as a FOCUS 1.2 export (CSV) instead
  --focus estimate       write what our price model makes of the billed usage, as a FOCUS 1.2 export
                         of its own: never put the two together, they count the same money twice

Credits, refunds, tax and commitments are shown by kind, never spread.
Exit code: 0 done (warnings are printed), 2 nothing could be read.
`;

/** Reads the words after `lamplight bill`. Throws `invalid_input` for one that makes no sense. */
export function parseOptions(args: readonly string[]): BillOptions | 'help' {
	const { values, positionals } = readArgs(args);
	if (values.help === true) return 'help';
	if (positionals.length === 0) throw invalidField('FILE', 'expected at least one file');
	const tags = (values.tag ?? []).map((tag): TallyKey => ({ by: 'tag', tag }));
	const asked = (values.by ?? []).map(splitOf);
	const usual: TallyKey[] = [{ by: 'day' }, { by: 'usage-type' }, { by: 'resource' }];
	const focus = values.focus === undefined ? null : oneOf('--focus', exports, values.focus);
	if (focus !== null && values.format !== undefined && values.format !== 'csv') {
		throw invalidField('--format', 'expected csv: a FOCUS export is a CSV file', values.format);
	}
	return {
		files: positionals,
		format: oneOf('--format', formats, values.format ?? 'table'),
		basis: oneOf('--basis', bases, values.basis ?? 'net-amortized'),
		splits: [...(asked.length === 0 ? usual : asked), ...tags],
		top: wholeNumber('--top', values.top ?? '20', 100_000),
		focus,
	};
}

function readArgs(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				by: { type: 'string', multiple: true },
				tag: { type: 'string', multiple: true },
				basis: { type: 'string' },
				top: { type: 'string' },
				format: { type: 'string' },
				focus: { type: 'string' },
				help: { type: 'boolean', short: 'h' },
			},
		});
	} catch (error) {
		throw invalidField('arguments', error instanceof Error ? error.message : String(error));
	}
}

function splitOf(text: string): TallyKey {
	if (text.startsWith('tag:') && text.length > 4) return { by: 'tag', tag: text.slice(4) };
	const by = splits.find((split) => split === text);
	if (by === undefined) {
		throw invalidField('--by', `expected one of ${splits.join(', ')} or tag:NAME`, text);
	}
	return { by };
}

function oneOf<Value extends string>(name: string, values: readonly Value[], given: string): Value {
	const found = values.find((value) => value === given);
	if (found === undefined) throw invalidField(name, `expected one of ${values.join(', ')}`, given);
	return found;
}

function wholeNumber(name: string, given: string, most: number): number {
	const value = Number(given);
	if (/^\d+$/.test(given) && value <= most) return value;
	throw invalidField(name, `expected a whole number up to ${most}`, given);
}

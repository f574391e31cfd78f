import { parseArgs } from 'node:util';

import { invalidField } from '@lamplight/core/errors';
import { architectureSchema, type Architecture } from '@lamplight/core/function/function';
import { regionSchema } from '@lamplight/core/ids';

export const formats = ['table', 'json', 'csv'] as const;
export type OutputFormat = (typeof formats)[number];

export const groupings = ['function', 'file', 'stream', 'version', 'memory', 'day'] as const;
export type Grouping = (typeof groupings)[number];

/** What `lamplight report` was asked for. */
export interface ReportOptions {
	/** Paths, or `-` for stdin. */
	readonly files: readonly string[];
	readonly format: OutputFormat;
	/** `null`: from the lines themselves where they say it, else us-east-1, and the report says so. */
	readonly region: string | null;
	readonly architecture: Architecture;
	/** False when `--arch` was not given: log lines never say it, and the report says that it was assumed. */
	readonly architectureStated: boolean;
	/** The name of the function whose lines these are; `null`: from the lines, else the file's name. */
	readonly functionName: string | null;
	readonly groupBy: Grouping;
	readonly ephemeralStorageMib: number;
	/** How many of the dearest executions to list. */
	readonly dearest: number;
	readonly quiet: boolean;
}

export const reportHelp = `Usage: lamplight report FILE... [OPTIONS]      (FILE may be - for stdin)

Prices the executions in exported Lambda logs, with no AWS account. Reads, by looking at the content:
CloudWatch console CSV, Logs Insights CSV, \`aws logs filter-log-events\` and \`get-log-events\` JSON,
\`aws logs tail\` text, S3 exports (.gz), subscription and JSON lines, plain text; any of them gzipped.

  --region REGION        price in this region (default: what the lines say, else us-east-1)
  --arch x86_64|arm64    architecture; log lines never say it (default: x86_64)
  --function NAME        the function's name (default: what the lines say, else the file's name)
  --group-by KEY         ${groupings.join(', ')} (default: function)
  --ephemeral-storage N  the functions' /tmp in MB; over 512 it is priced (default: 512)
  --dearest N            how many of the dearest executions to list (default: 5)
  --format FORMAT        ${formats.join(', ')} (default: table)
  --quiet                no progress bar

Costs are list prices, first tier, without free tier or Savings Plan.
Exit code: 0 done (warnings are printed), 2 nothing could be read.
`;

/** Reads the words after `lamplight report`. Throws `invalid_input` for one that makes no sense. */
export function parseOptions(args: readonly string[]): ReportOptions | 'help' {
	const { values, positionals } = readArgs(args);
	if (values.help === true) return 'help';
	if (positionals.length === 0) {
		throw invalidField('FILE', 'expected at least one file, or - for stdin');
	}
	const architecture = architectureSchema.safeParse(values.arch ?? 'x86_64');
	if (!architecture.success) throw invalidField('--arch', 'expected x86_64 or arm64', values.arch);
	if (values.region !== undefined && !regionSchema.safeParse(values.region).success) {
		throw invalidField('--region', 'expected a region code such as eu-west-1', values.region);
	}
	return {
		files: positionals,
		format: oneOf('--format', formats, values.format ?? 'table'),
		region: values.region ?? null,
		architecture: architecture.data,
		architectureStated: values.arch !== undefined,
		functionName: values.function ?? null,
		groupBy: oneOf('--group-by', groupings, values['group-by'] ?? 'function'),
		ephemeralStorageMib: wholeNumber(
			'--ephemeral-storage',
			values['ephemeral-storage'] ?? '512',
			10_240,
		),
		dearest: wholeNumber('--dearest', values.dearest ?? '5', 1000),
		quiet: values.quiet === true,
	};
}

function readArgs(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				region: { type: 'string' },
				arch: { type: 'string' },
				function: { type: 'string' },
				'group-by': { type: 'string' },
				'ephemeral-storage': { type: 'string' },
				dearest: { type: 'string' },
				format: { type: 'string' },
				quiet: { type: 'boolean' },
				help: { type: 'boolean', short: 'h' },
			},
		});
	} catch (error) {
		throw invalidField('arguments', error instanceof Error ? error.message : String(error));
	}
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

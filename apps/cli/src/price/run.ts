import { readFile, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { parseArgs } from 'node:util';

import { invalidField, LamplightError } from '@lamplight/core/errors';
import { parseUsageDocument } from '@lamplight/pricing/document';
import { priceDocument } from '@lamplight/pricing/priceDocument';
import { openRateBook, type RateBook } from '@lamplight/pricing/rates/book';

import { refresh } from './refresh.ts';
import { renderStatementCsv, renderStatementJson, renderStatementTable } from './render.ts';

/** The terminal, or a test in its place. */
export interface PriceIo {
	readonly stdin: Readable;
	readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
	readonly stderr: { write(text: string): unknown };
}

const help = `Usage: lamplight price USAGE.json [--format table|json|csv] [--rates RATES.json]
       lamplight price refresh [--region REGION] [--from RATES.json] --out RATES.json

Prices a stated month of use (USAGE.json, or - for stdin): every component, tier by tier, with its
rate, source and date. Free tier, Savings Plans and volume tiers are applied to the whole document,
which is taken to be all of the payer's use. docs/cli.md has the schema and examples.

  --format FORMAT   table, json, csv (default: table)
  --rates FILE      price from this file of rates instead of those that come with Lamplight

\`refresh\` asks AWS's Pricing API (free; needs credentials with pricing:GetProducts) for today's
prices and writes a file of rates that keeps all past ones.

Exit code: 0 done, also where something is not priced (it is listed); 2 the document is not usable.
`;

/** A document of a hundred thousand functions is some 30 MB; more is no usage document. */
const maxDocumentBytes = 64 * 1024 * 1024;

/** Runs `lamplight price`; returns the exit code. Throws `invalid_input` for its arguments and the document. */
export async function run(args: string[], io: PriceIo = process): Promise<number> {
	const { values, positionals } = readArgs(args);
	if (values.help === true) {
		io.stdout.write(help);
		return 0;
	}
	const [path, ...more] = positionals;
	if (path === undefined) throw invalidField('USAGE.json', 'expected a file, or - for stdin');
	if (more.length > 0) throw invalidField('USAGE.json', 'expected one file', more.join(' '));
	const rates = await readRates(values.rates);
	if (path === 'refresh') {
		const from = await readRates(values.from);
		return refresh({ region: values.region ?? null, out: values.out ?? null, from, io });
	}
	const usage = parseUsageDocument(await readJson(path, io.stdin));
	const statement = priceDocument(usage, rates);
	switch (values.format ?? 'table') {
		case 'table':
			io.stdout.write(renderStatementTable(statement, { color: io.stdout.isTTY === true }));
			break;
		case 'json':
			io.stdout.write(renderStatementJson(statement));
			break;
		case 'csv':
			io.stdout.write(renderStatementCsv(statement));
			break;
		default:
			throw invalidField('--format', 'expected one of table, json, csv', values.format);
	}
	for (const { component, key, explanation } of statement.notPriced) {
		const whose = key === null ? '' : ` of ${key}`;
		io.stderr.write(`lamplight price: not priced: ${component}${whose}: ${explanation}\n`);
	}
	return 0;
}

function readArgs(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				format: { type: 'string' },
				rates: { type: 'string' },
				from: { type: 'string' },
				region: { type: 'string' },
				out: { type: 'string' },
				help: { type: 'boolean', short: 'h' },
			},
		});
	} catch (error) {
		throw invalidField('arguments', error instanceof Error ? error.message : String(error));
	}
}

async function readRates(path: string | undefined): Promise<RateBook | undefined> {
	return path === undefined ? undefined : openRateBook(await readJson(path, null));
}

/** The JSON in a file or on stdin. Throws `not_found`, `too_large` or `invalid_input`, naming the file. */
async function readJson(path: string, stdin: Readable | null): Promise<unknown> {
	const text = path === '-' && stdin !== null ? await readAll(stdin) : await readText(path);
	try {
		return JSON.parse(text.replace(/^\ufeff/, ''));
	} catch (error) {
		const why = error instanceof Error ? error.message : '';
		throw new LamplightError('invalid_input', `${path}: expected JSON: ${why}`, { cause: error });
	}
}

async function readText(path: string): Promise<string> {
	const found = await stat(path).catch(() => null);
	if (found === null) throw new LamplightError('not_found', `${path}: there is no such file`);
	if (!found.isFile()) throw new LamplightError('invalid_input', `${path}: is not a file`);
	if (found.size > maxDocumentBytes) throw tooLarge(path);
	return readFile(path, 'utf8');
}

async function readAll(stdin: Readable): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of stdin) {
		const buffer = Buffer.from(chunk as Buffer | string);
		bytes += buffer.length;
		if (bytes > maxDocumentBytes) throw tooLarge('-');
		chunks.push(buffer);
	}
	return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(path: string): LamplightError {
	return new LamplightError(
		'too_large',
		`${path}: is larger than ${maxDocumentBytes} bytes (maxDocumentBytes)`,
	);
}

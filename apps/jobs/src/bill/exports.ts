import { type ExportListing, listExport } from '@lamplight/aws/bill/exports';
import { type BillReading, readBill } from '@lamplight/aws/bill/read';
import { checkpointNames } from '@lamplight/core/collection/state';
import type { BillingSource } from '@lamplight/core/bill/day';
import { newMonthRows } from '@lamplight/core/bill/dayRows';
import { type ExportPart, parseExportLocation } from '@lamplight/core/bill/exportFiles';
import type { BillForm, BillLine } from '@lamplight/core/bill/line';
import { LamplightError } from '@lamplight/core/errors';
import { plural } from '@lamplight/core/plural';
import * as z from 'zod';

import type { RunReport, Work } from '../account.ts';
import { putCheckpoint, readCheckpoint } from '../checkpoint.ts';
import type { JobDeps } from '../deps.ts';

/** Rows kept of one month: some 70 MB, and twice that while they are stored, of a worker's 512. */
const maxRowsPerMonth = 50_000;

/** Fingerprints of the parts that were read, by name. */
const readPartsSchema = z.record(z.string(), z.string());

/**
 * Reads the files of an export, month by month, those that changed since the last reading. A month
 * is read as a whole: its statement follows the earlier ones when it says something else.
 */
export async function readExport(
	deps: JobDeps,
	work: Work,
	source: BillingSource,
): Promise<RunReport> {
	const location = parseExportLocation(source.location ?? '');
	const listing = await listExport(work.account, location);
	const key = { connectionId: work.connection.id, name: checkpointNames.bill(source.id) };
	const before = await readCheckpoint(deps, work.ctx, key, { schema: readPartsSchema, empty: {} });
	// Only of parts that are still there, so that it does not grow with the years.
	const read: Record<string, string> = {};
	for (const { name } of listing.parts) {
		const known = before[name];
		if (known !== undefined) read[name] = known;
	}
	const due = listing.parts.filter(({ name, fingerprint }) => before[name] !== fingerprint);
	const outcome = new Outcome(listing.incomplete);
	for (const part of due) {
		try {
			outcome.add(await readPart(deps, work, { listing, part, source }));
		} catch (error) {
			// One damaged month does not keep the others from being read.
			if (!(error instanceof LamplightError) || error.code === 'aws_unavailable') throw error;
			outcome.failures.push(error);
			continue;
		}
		read[part.name] = part.fingerprint;
		// Part by part: a worker that is stopped goes on where it was.
		await putCheckpoint(deps, work.ctx, key, read);
	}
	await keepFacts(deps, work, { source, outcome });
	return outcome.report();
}

interface PartReading {
	readonly form: BillForm | null;
	readonly payers: ReadonlySet<string>;
	readonly rows: number;
	readonly badRows: number;
	readonly firstBad: string | null;
	readonly withoutResource: number;
}

async function readPart(
	deps: JobDeps,
	work: Work,
	from: {
		readonly listing: ExportListing;
		readonly part: ExportPart;
		readonly source: BillingSource;
	},
): Promise<PartReading> {
	const { listing, part, source } = from;
	const months = newMonthRows({ maxRows: maxRowsPerMonth });
	const payers = new Set<string>();
	const take = (line: BillLine) => {
		payers.add(line.payerAccountId);
		months.take(line);
	};
	const readings: BillReading[] = [];
	for (const file of part.files) {
		const reading = await readBill(listing.open(file), take);
		const [damage] = reading.damage;
		// A part of a month would look like a restatement to less.
		if (damage !== undefined) throw new LamplightError('data_damaged', `${file.key}: ${damage}`);
		readings.push(reading);
	}
	const of = { billingSourceId: source.id, readMs: deps.clock() };
	for (const statement of months.statements(of)) {
		await deps.store.bill.putStatement(work.ctx, statement);
	}
	const bad = readings.find((reading) => reading.bad.count > 0);
	const [sample] = bad?.bad.samples ?? [];
	return {
		form: readings[0]?.form ?? null,
		payers,
		rows: readings.reduce((sum, reading) => sum + reading.lines, 0),
		badRows: readings.reduce((sum, reading) => sum + reading.bad.count, 0),
		firstBad:
			sample === undefined
				? null
				: `${bad?.file ?? ''} row ${sample.row}, ${sample.problem.path}: ${sample.problem.message}`,
		withoutResource: months.withoutResource(),
	};
}

/** What one reading of an export came to. */
class Outcome {
	readonly failures: LamplightError[] = [];
	readonly readings: PartReading[] = [];
	readonly incomplete: readonly string[];

	constructor(incomplete: readonly string[]) {
		this.incomplete = incomplete;
	}

	add(reading: PartReading): void {
		this.readings.push(reading);
	}

	/** Throws the first failure: what was read besides is kept all the same. */
	report(): RunReport {
		const [failure] = this.failures;
		if (failure !== undefined) throw failure;
		const sum = (value: (reading: PartReading) => number) =>
			this.readings.reduce((total, reading) => total + value(reading), 0);
		const limits: string[] = [];
		const folded = sum(({ withoutResource }) => withoutResource);
		if (folded > 0) limits.push(`${maxRowsPerMonth} rows of a bill by resource`);
		const bad = sum(({ badRows }) => badRows);
		const firstBad = this.readings.find((reading) => reading.firstBad !== null)?.firstBad ?? '';
		const said = [
			`${plural(
				sum(({ rows }) => rows),
				'row',
			)} of ${plural(this.readings.length, 'changed month')}`,
		];
		if (bad > 0) said.push(`${plural(bad, 'row')} not understood (${firstBad})`);
		if (this.incomplete.length > 0) said.push(`not delivered yet: ${this.incomplete.join(', ')}`);
		return { message: said.join('; ').slice(0, 400), delayMs: null, limits };
	}
}

/** What the files tell of their source: their form, and whose bill they are. */
async function keepFacts(
	deps: JobDeps,
	work: Work,
	{ source, outcome }: { readonly source: BillingSource; readonly outcome: Outcome },
): Promise<void> {
	const form = outcome.readings.find((reading) => reading.form !== null)?.form ?? source.form;
	const payers = new Set(outcome.readings.flatMap((reading) => [...reading.payers]));
	const [payer = source.payerAccountId] = payers;
	if (payers.size > 1) {
		outcome.failures.push(
			new LamplightError(
				'invalid_input',
				`These are bills of ${payers.size} payers; expected one.`,
			),
		);
	}
	if (form === source.form && payer === source.payerAccountId) return;
	await deps.store.billingSources.update(work.ctx, source.id, (current) => ({
		...current,
		form,
		payerAccountId: payer,
	}));
}

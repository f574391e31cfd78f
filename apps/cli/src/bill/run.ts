import { readBill } from '@lamplight/aws/bill/read';
import type { BillReading, TakeLine } from '@lamplight/aws/bill/read';
import { billedRows, focusWriter } from '@lamplight/core/bill/focusExport';
import type { FocusProfile } from '@lamplight/core/bill/focusExport';
import type { BillLine } from '@lamplight/core/bill/line';
import { formNames } from '@lamplight/core/bill/reader';
import { newTally, tallyLine } from '@lamplight/core/bill/tally';
import type { Tally } from '@lamplight/core/bill/tally';
import { LamplightError } from '@lamplight/core/errors';
import { plural } from '@lamplight/core/plural';
import { stringify } from 'csv-stringify/sync';

import { diskFile } from './diskFile.ts';
import { newRepricer } from './estimate.ts';
import { billHelp, parseOptions } from './options.ts';
import type { BillOptions, ExportKind } from './options.ts';
import { renderCsv, renderJson, renderTable } from './output.ts';

/** Where an export goes. `write` says false when it wants no more until `drain`. */
interface BillOutput {
	write(text: string): boolean;
	once(event: 'drain', listener: () => void): unknown;
}

/** The terminal, or a test in its place. */
export interface BillIo {
	readonly stdout: BillOutput;
	readonly stderr: { write(text: string): unknown };
}

/** Runs `lamplight bill`; 0 done, 2 nothing could be read. Throws `invalid_input` for its arguments. */
export async function run(args: string[], io: BillIo = process): Promise<number> {
	const options = parseOptions(args);
	if (options === 'help') {
		io.stdout.write(billHelp);
		return 0;
	}
	const warn = (text: string): void => void io.stderr.write(`lamplight bill: ${text}\n`);
	const tally = newTally(options.splits);
	const sink = options.focus === null ? null : focusSink(options.focus, io);
	const readings = await readAll(options, warn, (line) => {
		tallyLine(tally, line);
		return sink?.take(line);
	});
	await sink?.flush();
	for (const reading of readings) for (const note of notesOf(reading)) warn(note);
	if (readings.length === 0) {
		warn('nothing could be read');
		return 2;
	}
	if (sink === null) io.stdout.write(render(tally, readings, options));
	else for (const note of sink.notes()) warn(note);
	if (tally.truncated) {
		warn(`more than ${tally.maxRows} different values of a split: the rest is under (others)`);
	}
	return 0;
}

/** Reads every file that can be read; the others are named and left out. */
async function readAll(
	options: BillOptions,
	warn: (text: string) => void,
	onLine: TakeLine,
): Promise<BillReading[]> {
	const readings: BillReading[] = [];
	for (const path of options.files) {
		try {
			readings.push(await readBill(await diskFile(path), onLine));
		} catch (error) {
			if (!(error instanceof LamplightError)) throw error;
			warn(error.message);
		}
	}
	return readings;
}

/** What a person should know of a reading that did not go smoothly. */
function notesOf(reading: BillReading): string[] {
	const { file, bad, foreign, damage, brokenTextRows, lines, form } = reading;
	const notes = damage.map((reason) => `${file}: ${reason}; the rest was read`);
	if (bad.count > 0) {
		notes.push(`${file}: ${plural(bad.count, 'row')} not understood, such as`);
		for (const { row, problem } of bad.samples.slice(0, 3)) {
			const received =
				problem.received === undefined ? '' : `, got ${JSON.stringify(problem.received)}`;
			notes.push(`${file}:${row}: ${problem.path}: ${problem.message}${received}`);
		}
	}
	for (const [provider, count] of Object.entries(foreign)) {
		notes.push(`${file}: ${plural(count, 'row')} of ${provider} left out`);
	}
	if (brokenTextRows > 0)
		notes.push(
			`${file}: ${plural(brokenTextRows, 'row holds', 'rows hold')} bytes that are not UTF-8`,
		);
	if (lines === 0) notes.push(`${file}: a ${formNames[form]} without lines of AWS`);
	return notes;
}

function render(tally: Tally, readings: readonly BillReading[], options: BillOptions): string {
	switch (options.format) {
		case 'json':
			return renderJson(tally, readings, options);
		case 'csv':
			return renderCsv(tally);
		case 'table':
			return renderTable(tally, options);
	}
}

interface FocusSink {
	/** A promise when the output wants no more for now. */
	take(line: BillLine): void | Promise<void>;
	flush(): Promise<void>;
	/** What the export leaves out, and why. */
	notes(): string[];
}

const profiles: Readonly<Record<ExportKind, FocusProfile>> = {
	billed: 'focus-billed',
	estimate: 'focus-estimate',
};
/** Written at once: one write per row would cost more than making the row. */
const chunkLength = 64 * 1024;

function focusSink(kind: ExportKind, { stdout }: BillIo): FocusSink {
	let chunk = '';
	const write = focusWriter(profiles[kind], (record) => (chunk += stringify([[...record]])));
	const flush = async (): Promise<void> => {
		const text = chunk;
		chunk = '';
		if (stdout.write(text)) return;
		await new Promise<void>((resolve) => stdout.once('drain', resolve));
	};
	const repricer = kind === 'estimate' ? newRepricer(write) : null;
	return {
		take(line) {
			if (repricer !== null) repricer.take(line);
			else if (line.service !== 'other') for (const row of billedRows(line, null)) write(row);
			return chunk.length >= chunkLength ? flush() : undefined;
		},
		flush,
		notes: () => repricer?.notes() ?? [],
	};
}

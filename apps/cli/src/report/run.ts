import { basename, dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

import { CsvReader } from './input/csv.ts';
import { detect, withoutMark, type InputFormat } from './input/detect.ts';
import { JsonReader } from './input/json.ts';
import { JsonLinesReader } from './input/jsonLines.ts';
import { LogReader } from './input/reader.ts';
import type { EventSink, FormatReader } from './input/sink.ts';
import { openSource, type Source } from './input/source.ts';
import { TextReader } from './input/text.ts';
import { parseOptions, reportHelp, type ReportOptions } from './options.ts';
import { renderCsv } from './output/csv.ts';
import { renderJson } from './output/json.ts';
import { renderTable } from './output/table.ts';
import { newProgress, type Progress } from './progress.ts';
import { ReportBuilder, type Report } from './report.ts';

/** The terminal, or a test in its place. */
export interface ReportIo {
	readonly stdin: Readable;
	readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
	readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** Runs `lamplight report`; 0 done, 2 nothing could be read. Throws `invalid_input` for its arguments. */
export async function run(args: string[], io: ReportIo = process): Promise<number> {
	const options = parseOptions(args);
	if (options === 'help') {
		io.stdout.write(reportHelp);
		return 0;
	}
	const report = await readReport(options, io);
	for (const { path, problem } of report.files) {
		if (problem !== null) io.stderr.write(`lamplight report: ${path}: ${problem}\n`);
	}
	const records = Object.values(report.counts.records).reduce((sum, count) => sum + count, 0);
	if (records === 0) {
		for (const { file, line, reason } of report.counts.samples) {
			io.stderr.write(`lamplight report: ${file}:${line}: ${reason}\n`);
		}
		const unread = report.files.every(({ problem }) => problem !== null);
		const why = unread ? 'nothing could be read' : 'found no record of Lambda’s platform';
		io.stderr.write(`lamplight report: ${why}\n`);
		return 2;
	}
	io.stdout.write(render(report, io));
	for (const note of report.notes) io.stderr.write(`lamplight report: ${note}\n`);
	return 0;
}

function render(report: Report, io: ReportIo): string {
	switch (report.options.format) {
		case 'json':
			return renderJson(report);
		case 'csv':
			return renderCsv(report);
		case 'table':
			return renderTable(report, {
				color: io.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
			});
	}
}

/** Reads all files of the options into one report. Never throws for what is in them. */
export async function readReport(options: ReportOptions, io: ReportIo): Promise<Report> {
	const builder = new ReportBuilder(options);
	const reader = new LogReader((invocation, origin) => builder.add(invocation, origin));
	const sources: Source[] = [];
	for (const path of options.files) sources.push(await openSource(path, io.stdin));
	const sizes = sources.map(({ sizeBytes }) => sizeBytes);
	const total = sizes.includes(null)
		? null
		: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
	const progress = newProgress(io.stderr, total, options.quiet);
	let before = 0;
	for (const source of sources) {
		const names = namesOf(source.path);
		reader.beginFile(source.path, {
			functionName: options.functionName ?? names.functionName,
			logStream: names.logStream,
		});
		const problem = await readSource(source, reader, {
			update: (taken) => progress.update(before + taken),
			done: () => progress.done(),
		});
		reader.endFile();
		builder.addFile(source.path, problem);
		before += source.takenBytes();
	}
	progress.done();
	return builder.build(reader.counts);
}

/** Reads one source to its end; returns why that was not possible, or `null`. */
async function readSource(
	source: Source,
	reader: LogReader,
	progress: Progress,
): Promise<string | null> {
	let format: FormatReader | null = null;
	let decode: (chunk: Buffer) => string = (chunk) => chunk.toString('latin1');
	for await (const chunk of source.chunks()) {
		if (format === null) {
			const detected = detect(chunk);
			if (detected.format === null) return detected.problem;
			format = newReader(detected.format, reader);
			if (detected.encoding === 'utf16le') {
				const decoder = new StringDecoder('utf16le');
				decode = (bytes) => decoder.write(bytes).replace(/^\ufeff/, '');
			}
			format.chunk(withoutMark(decode(chunk)));
		} else format.chunk(decode(chunk));
		progress.update(source.takenBytes());
	}
	format?.end();
	if (format === null && source.problem() === null) return 'is empty';
	return source.problem();
}

function newReader(format: InputFormat, sink: EventSink): FormatReader {
	switch (format) {
		case 'text':
			return new TextReader(sink);
		case 'json':
			return new JsonReader(sink);
		case 'json-lines':
			return new JsonLinesReader(sink);
		case 'csv':
			return new CsvReader(sink);
	}
}

interface FileNames {
	readonly functionName: string | null;
	readonly logStream: string | null;
}

/** An S3 export keeps the stream's name as a folder, its slashes as dashes. */
const exportedStream = /^(\d{4})-(\d{2})-(\d{2})-(\[[^\]]+\][0-9a-f]{32})$/;

/** What a path says when the lines do not. */
function namesOf(path: string): FileNames {
	if (path === '-') return { functionName: null, logStream: null };
	const folder = exportedStream.exec(basename(dirname(path)));
	const logStream =
		folder === null ? null : `${folder[1]}/${folder[2]}/${folder[3]}/${folder[4] ?? ''}`;
	// Exported files are numbered: 000000.gz says nothing.
	const name = basename(path).replace(/\.(?:gz|log|txt|csv|json|jsonl|ndjson)$/gi, '');
	const plain = name.replace(/\.(?:log|txt|csv|json|jsonl|ndjson)$/i, '');
	return { functionName: folder === null && plain !== '' ? plain : null, logStream };
}

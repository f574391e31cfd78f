import {
	closeSync,
	existsSync,
	fstatSync,
	openSync,
	readdirSync,
	readFileSync,
	readSync,
} from 'node:fs';
import { join } from 'node:path';

/** What the parts complained of in their logs, by kind, with a sample of each. */
export interface Complaints {
	readonly kinds: ReadonlyMap<string, { readonly count: number; readonly sample: string }>;
}

/** Reads what was written to the logs since the last look. */
export function followLogs(folder: string): { look(): void } & Complaints {
	const kinds = new Map<string, { count: number; sample: string }>();
	const read = new Map<string, { bytes: number; rest: string }>();
	return {
		kinds,
		look() {
			if (!existsSync(folder)) return;
			for (const file of readdirSync(folder).filter((name) => name.endsWith('.log'))) {
				const state = read.get(file) ?? { bytes: 0, rest: '' };
				const { text, bytes } = readOn(join(folder, file), state.bytes);
				const lines = (state.rest + text).split('\n');
				read.set(file, { bytes, rest: lines.pop() ?? '' });
				for (const line of lines) {
					const kind = complaintOf(line);
					if (kind === null) continue;
					const key = `${file}: ${kind}`;
					const seen = kinds.get(key) ?? { count: 0, sample: line.slice(0, 400) };
					kinds.set(key, { ...seen, count: seen.count + 1 });
				}
			}
		},
	};
}

/** What came after so many bytes; a log that was begun anew had its rest in the file before it. */
function readOn(path: string, from: number): { text: string; bytes: number } {
	const { text, bytes } = readFrom(path, from);
	if (bytes >= from) return { text, bytes };
	const before = existsSync(`${path}.1`) ? readFrom(`${path}.1`, from).text : '';
	return { text: before + readFrom(path, 0).text, bytes };
}

function readFrom(path: string, from: number): { text: string; bytes: number } {
	const file = openSync(path, 'r');
	try {
		const { size } = fstatSync(file);
		const buffer = Buffer.alloc(Math.max(0, size - from));
		readSync(file, buffer, 0, buffer.length, from);
		return { text: buffer.toString('utf8'), bytes: size };
	} finally {
		closeSync(file);
	}
}

/** What a log line complains of; `null` for one that only tells. */
export function complaintOf(line: string): string | null {
	if (line.trim() === '') return null;
	let entry: Readonly<Record<string, unknown>>;
	try {
		entry = JSON.parse(line) as typeof entry;
	} catch {
		// The parts write JSON: anything else is a warning of the runtime or a stack.
		return 'not a log line';
	}
	const { event, level, message, status, ok, job, error } = entry;
	if (level === 'error') return `error ${String(message)}`;
	if (typeof status === 'number' && status >= 500) return `status ${status}`;
	if (typeof event === 'string' && /fail|unavailable/.test(event))
		return `${event}: ${String(error)}`;
	if (event === 'run' && ok === false) return `job ${String(job)} failed`;
	return null;
}

/** The last lines of every log, each with its file's name. */
export function lastLines(folder: string): string[] {
	return readdirSync(folder).flatMap((file) =>
		readFileSync(join(folder, file), 'utf8')
			.trimEnd()
			.split('\n')
			.slice(-3)
			.map((line) => `${file}: ${line.slice(0, 300)}`),
	);
}

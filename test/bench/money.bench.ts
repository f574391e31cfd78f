import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

import { parseLine } from '@lamplight/core/invocation/parse';
import { listPrices } from '@lamplight/pricing/execution';

import { row, type Bench, type BenchRow } from './bench.ts';

const root = join(import.meta.dirname, '..', '..');
const lines = 1_000_000;
const chunkChars = 512 * 1024;

/** Numbers that look random and are the same in every run. */
function sequence(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

const next = sequence(7);

function hex(digits: number): string {
	return Math.floor(next() * 16 ** digits)
		.toString(16)
		.padStart(digits, '0');
}

function requestId(): string {
	return `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;
}

function reportLine(id: string): string {
	const durationMs = next() < 0.01 ? next() * 90_000 : next() * 400;
	const cold = next() < 0.02 ? next() * 800 + 100 : 0;
	const billedMs = Math.ceil(durationMs + cold);
	const init = cold > 0 ? `Init Duration: ${cold.toFixed(2)} ms\t` : '';
	return `REPORT RequestId: ${id}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${billedMs} ms\tMemory Size: 512 MB\tMax Memory Used: ${100 + Math.floor(next() * 80)} MB\t${init}`;
}

/** The text of so many REPORT lines, in chunks as they come from a file. */
function reportChunks(): string[] {
	const chunks: string[] = [];
	let chunk: string[] = [];
	let chars = 0;
	for (let at = 0; at < lines; at += 1) {
		const line = reportLine(requestId());
		chunk.push(line);
		chars += line.length + 1;
		if (chars < chunkChars) continue;
		chunks.push(Buffer.from(`${chunk.join('\n')}\n`).toString('latin1'));
		chunk = [];
		chars = 0;
	}
	if (chunk.length > 0) chunks.push(Buffer.from(`${chunk.join('\n')}\n`).toString('latin1'));
	return chunks;
}

const question = {
	region: 'us-east-1',
	architecture: 'x86_64',
	atMs: Date.UTC(2026, 9, 1),
} as const;

interface Pass {
	readonly count: number;
	readonly atoms: bigint;
}

/** Ours: scan in place, price each execution exactly. */
function scanAndPrice(chunks: readonly string[]): Pass {
	const prices = listPrices(question);
	let count = 0;
	let atoms = 0n;
	for (const chunk of chunks) {
		for (let start = 0; ;) {
			const end = chunk.indexOf('\n', start);
			if (end < 0) break;
			const record = parseLine(chunk, start, end);
			if (record?.kind === 'report' && record.billedMs !== null && record.memoryMib !== null) {
				count += 1;
				atoms += prices.cost(1, record.billedMs * record.memoryMib)?.atoms ?? 0n;
			}
			start = end + 1;
		}
	}
	return { count, atoms };
}

// What one would write first, and what the tools we looked at do.
const straightforward =
	/REPORT RequestId: (\S+)\s+Duration: ([\d.]+) ms\s+Billed Duration: (\d+) ms\s+Memory Size: (\d+) MB\s+Max Memory Used: (\d+) MB(?:\s+Init Duration: ([\d.]+) ms)?(?:\s+Restore Duration: ([\d.]+) ms\s+Billed Restore Duration: (\d+) ms)?(?:\s+Status: (\S+))?(?:\s+Error Type: (\S+))?/;

/** The same work with a regular expression per line. */
function matchAndPrice(chunks: readonly string[]): Pass {
	const prices = listPrices(question);
	let count = 0;
	let atoms = 0n;
	for (const chunk of chunks) {
		for (const line of chunk.split('\n')) {
			const match = straightforward.exec(line);
			if (match === null) continue;
			count += 1;
			atoms += prices.cost(1, Number(match[3]) * Number(match[4]))?.atoms ?? 0n;
		}
	}
	return { count, atoms };
}

type Work = (chunks: readonly string[]) => Pass;

/** Lines per second of the best of several passes, taken in turns: the machine's noise only ever slows down. */
function fastest(works: readonly Work[], chunks: readonly string[]): number[] {
	const best = works.map(() => 0);
	for (let turn = 0; turn < 8; turn += 1) {
		works.forEach((work, at) => {
			const began = performance.now();
			const { count } = work(chunks);
			best[at] = Math.max(best[at] ?? 0, (count / (performance.now() - began)) * 1000);
		});
	}
	return best;
}

function benchLines(report: (row: BenchRow) => void): void {
	const chunks = reportChunks();
	const ours = scanAndPrice(chunks);
	const theirs = matchAndPrice(chunks);
	if (ours.count !== lines || ours.atoms !== theirs.atoms) {
		throw new Error(`the two passes disagree: ${ours.count} and ${theirs.count} lines`);
	}
	const [value = 0, baseline = 0] = fastest([scanAndPrice, matchAndPrice], chunks);
	report(
		row('REPORT lines parsed and priced', {
			value,
			unit: 'lines/s',
			atLeast: 1_000_000,
			baseline,
			note: 'one core, each line priced exactly; baseline: a regular expression per line, same prices',
		}),
	);
}

const streams = 400;

/** Lines as `aws logs tail` prints them: START, some of the function's own, END and REPORT, interleaved. */
function exportBlock(second: number): string {
	const at = new Date(Date.UTC(2026, 9, 1) + second * 1000).toISOString().slice(0, 23);
	const block: string[] = [];
	for (let index = 0; index < 400; index += 1) {
		const stream = Math.floor(next() * streams);
		const prefix = `${at}000+00:00 2026/10/01/[$LATEST]${stream.toString(16).padStart(32, '0')} `;
		const id = requestId();
		block.push(`${prefix}START RequestId: ${id} Version: $LATEST`);
		for (let own = 0; own < 3; own += 1) {
			block.push(`${prefix}${at}Z\t${id}\tINFO\torder ${hex(8)} placed in ${hex(3)} ms`);
		}
		block.push(`${prefix}END RequestId: ${id}`, `${prefix}${reportLine(id)}`);
	}
	return `${block.join('\n')}\n`;
}

async function writeExport(path: string, bytes: number): Promise<number> {
	const file = createWriteStream(path);
	let written = 0;
	for (let second = 0; written < bytes; second += 1) {
		const block = exportBlock(second);
		written += block.length;
		if (!file.write(block)) await once(file, 'drain');
	}
	file.end();
	await finished(file);
	return written;
}

interface Child {
	readonly seconds: number;
	readonly maxRssMb: number;
	readonly invocations: number;
}

/** Runs the real command in a process of its own, and reads its peak memory as the kernel counted it. */
async function runReport(path: string): Promise<Child> {
	const onExit =
		'process.on("exit",()=>process.stderr.write("\\npeak "+process.resourceUsage().maxRSS))';
	const command = ['report', path, '--format', 'json', '--region', 'eu-west-1'];
	const began = performance.now();
	const child = spawn(
		process.execPath,
		[
			'--import',
			`data:text/javascript,${onExit}`,
			join(root, 'apps/cli/bin/lamplight.mjs'),
			...command,
		],
		{ cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
	);
	let stdout = '';
	let stderr = '';
	child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
	const exit = await new Promise<number | null>((resolve) => child.on('close', resolve));
	const seconds = (performance.now() - began) / 1000;
	if (exit !== 0) throw new Error(`lamplight report ended with ${exit}: ${stderr}`);
	const report = JSON.parse(stdout) as { rows: { invocations: number }[] };
	const peakKib = Number(/peak (\d+)/.exec(stderr)?.[1] ?? Number.NaN);
	return {
		seconds,
		maxRssMb: (peakKib * 1024) / 1e6,
		invocations: report.rows.reduce((sum, { invocations }) => sum + invocations, 0),
	};
}

async function benchReport(report: (row: BenchRow) => void): Promise<void> {
	// A gigabyte is the promise; LAMPLIGHT_BENCH_BYTES makes a quick look possible.
	const bytes = Number(process.env['LAMPLIGHT_BENCH_BYTES'] ?? 1e9);
	const folder = await mkdtemp(join(tmpdir(), 'lamplight-bench-'));
	try {
		const path = join(folder, 'export.txt');
		const written = await writeExport(path, bytes);
		const { seconds, maxRssMb, invocations } = await runReport(path);
		const size = `${Math.round(written / 1e6)} MB of \`aws logs tail\` text, ${invocations} executions, ${streams} streams`;
		report(
			row('lamplight report, whole process', {
				value: seconds,
				unit: 's',
				atMost: (15 * written) / 1e9,
				note: size,
			}),
		);
		report(row('its throughput', { value: written / 1e6 / seconds, unit: 'MB/s' }));
		report(row('its peak memory (RSS)', { value: maxRssMb, unit: 'MB', atMost: 200 }));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

export const bench: Bench = {
	name: 'money',
	about: 'parse and price REPORT lines; `lamplight report` over a large text export',
	async run(report) {
		benchLines(report);
		await benchReport(report);
	},
};

/**
 * `npm run bench -- [NAME ...] [--json]`: runs benches, one after the other, and prints their rows as
 * one table. Exits 0 when a target is missed or a bench fails: the row says so. 2 for a name it has not.
 */
import { readdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { endBenches, runBench } from './runBench.ts';
import { benchTable, type TableRow } from './table.ts';

const suffix = '.bench.ts';
/** The order of the table; a bench that is not named here comes last. */
const order = 'sandbox money collect lag scale storage api dashboard bundle start'.split(' ');

function available(): string[] {
	const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
	return readdirSync(import.meta.dirname)
		.filter((file) => file.endsWith(suffix))
		.map((file) => file.slice(0, -suffix.length))
		.sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

interface Output {
	about(name: string, about: string): void;
	row(row: TableRow): void;
	end(): void;
}

/** One JSON object a row. */
const jsonOutput: Output = {
	about: () => undefined,
	row: (row) => console.log(JSON.stringify(row)),
	end: () => undefined,
};

/** The table on stdout; what each bench is about goes to stderr, beside it. */
function tableOutput(): Output {
	const table = benchTable((line) => console.log(line));
	table.head();
	return {
		about: (name, about) => console.error(`(${name}: ${about})`),
		row: table.row,
		end: table.foot,
	};
}

/** A row without target and baseline. */
const plain = (bench: string, metric: string, value: number, unit: string): TableRow => ({
	...{ bench, metric, value, unit },
	...{ target: null, pass: null, baseline: null, ratio: null },
});

/** Processes that wanted to run, over the last minute. */
const loadRow = (name: string, when: 'before' | 'after') =>
	plain(name, `load of the machine ${when}`, loadavg()[0] ?? 0, '');

async function main(args: string[]): Promise<number> {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: { json: { type: 'boolean', default: false } },
	});
	const names = available();
	const unknown = positionals.filter((name) => !names.includes(name));
	if (unknown.length > 0) {
		console.error(`bench: no bench named ${unknown.join(', ')}; there are ${names.join(', ')}`);
		return 2;
	}
	const output = values.json ? jsonOutput : tableOutput();
	const startedMs = performance.now();
	for (const name of names.filter((one) => positionals.length === 0 || positionals.includes(one))) {
		output.row(loadRow(name, 'before'));
		const benchMs = performance.now();
		const failure = await runBench(name, {
			onAbout: (about) => output.about(name, about),
			onRow: (row) => output.row({ bench: name, ...row }),
		});
		if (failure !== null) {
			const row = plain(name, 'ran to its end', 0, '');
			output.row({ ...row, value: null, pass: false, note: failure });
		}
		output.row(loadRow(name, 'after'));
		output.row(plain(name, 'time it took', (performance.now() - benchMs) / 1000, 's'));
	}
	output.row(plain('all', 'time they took', (performance.now() - startedMs) / 1000, 's'));
	output.end();
	return 0;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => {
		endBenches();
		process.exit(130);
	});
}
try {
	process.exit(await main(process.argv.slice(2)));
} catch (error) {
	console.error(`bench: ${error instanceof Error ? error.message : 'not understood'}`);
	process.exit(2);
}

/** `npm run bench -- [NAME ...] [--json]`: runs benches and prints their rows. Exits 0 when a target is missed. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Bench, BenchRow } from './bench.ts';

const suffix = '.bench.ts';

function available(): string[] {
	return readdirSync(import.meta.dirname)
		.filter((file) => file.endsWith(suffix))
		.map((file) => file.slice(0, -suffix.length))
		.sort();
}

function figure(value: number | null): string {
	if (value === null) return '–';
	if (Math.abs(value) >= 100) return value.toLocaleString('en', { maximumFractionDigits: 0 });
	return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

function printText(row: BenchRow): void {
	const verdict = row.pass === null ? '    ' : row.pass ? 'ok  ' : 'MISS';
	const value = `${figure(row.value)} ${row.unit}`;
	const parts = [verdict, row.metric.padEnd(46), value.padStart(18)];
	parts.push(
		`target ${figure(row.target)}`.padEnd(16),
		`baseline ${figure(row.baseline)}`.padEnd(18),
	);
	parts.push(`ratio ${figure(row.ratio)}`);
	console.log(parts.join('  '));
	if (row.note !== undefined) console.log(`      ${row.note}`);
}

async function main(args: string[]): Promise<number> {
	const json = args.includes('--json');
	const asked = args.filter((arg) => !arg.startsWith('--'));
	const names = available();
	const unknown = asked.filter((name) => !names.includes(name));
	if (unknown.length > 0) {
		console.error(`bench: no bench named ${unknown.join(', ')}; there are ${names.join(', ')}`);
		return 2;
	}
	for (const name of asked.length > 0 ? asked : names) {
		const loaded = (await import(join(import.meta.dirname, `${name}${suffix}`))) as {
			bench: Bench;
		};
		if (!json) console.log(`\n${name}: ${loaded.bench.about}`);
		await loaded.bench.run((row) => {
			if (json) console.log(JSON.stringify({ bench: name, ...row }));
			else printText(row);
		});
	}
	return 0;
}

process.exit(await main(process.argv.slice(2)));

import { openAsBlob, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { BillFile } from '@lamplight/aws/bill/file';
import { readBill } from '@lamplight/aws/bill/read';
import { LamplightError } from '@lamplight/core/errors';

import type { Section } from './section.ts';

/** Files that are no bill of AWS, and what must be said of each. */
const refusals: Readonly<Record<string, RegExp>> = {
	'azure_ea_actual_small.csv': /Azure/,
	'focus_aws_category_mapping.csv': /no bill we know/,
	'focus_conversion_rules_aws_cur.csv': /no bill we know/,
};

/** Every bill of the data through the readers: rows in, lines out, and what was refused. */
export async function proveBills(data: string): Promise<Section> {
	const folder = join(data, 'bills');
	const problems: string[] = [];
	const rows: string[][] = [];
	for (const name of readdirSync(folder).sort()) {
		if (!name.endsWith('.csv')) continue;
		const told = refusals[name];
		const row = await read(folder, name);
		rows.push(row.cells);
		if (told === undefined) problems.push(...row.problems);
		else if (row.refusal === null) problems.push(`${name} was read, and is no bill of AWS`);
		else if (!told.test(row.refusal)) problems.push(`${name} was refused as ${row.refusal}`);
	}
	return {
		title: `Real bills: ${rows.length} files`,
		columns: ['file', 'form', 'rows', 'AWS', 'Lambda', 'not AWS', 'bad', 'said'],
		rows,
		problems,
	};
}

interface ReadFile {
	readonly cells: string[];
	readonly problems: readonly string[];
	readonly refusal: string | null;
}

async function read(folder: string, name: string): Promise<ReadFile> {
	let lambda = 0;
	try {
		const reading = await readBill(await diskFile(join(folder, name), name), ({ service }) => {
			if (service === 'lambda') lambda += 1;
		});
		const foreign = Object.values(reading.foreign).reduce((sum, count) => sum + count, 0);
		const problems = [
			...reading.damage,
			...reading.bad.samples.map(({ row, problem }) => `${name} row ${row}: ${problem.message}`),
		];
		if (reading.lines + foreign + reading.bad.count !== reading.rows) {
			problems.push(`${name}: rows were lost: ${reading.lines} of ${reading.rows} are lines`);
		}
		const counts = [reading.rows, reading.lines, lambda, foreign, reading.bad.count].map(String);
		return { cells: [name, reading.form, ...counts, ''], problems, refusal: null };
	} catch (error) {
		if (!(error instanceof LamplightError)) throw error;
		const said = error.message.replace(`${name}: `, '');
		const cells = [name, 'refused', '', '', '', '', '', said.slice(0, 90)];
		return { cells, problems: [`${name} was refused: ${said}`], refusal: said };
	}
}

async function diskFile(path: string, name: string): Promise<BillFile> {
	const blob = await openAsBlob(path);
	return {
		name,
		sizeBytes: statSync(path).size,
		async *stream() {
			for await (const chunk of blob.stream()) yield chunk;
		},
		slice: async (start, end) => await blob.slice(start, end).arrayBuffer(),
	};
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'vitest';

import { sharedData } from './needs.ts';
import { refusalOf } from './sandbox.ts';

/** What AWS answered, recorded by a public test suite: names and ids are replaced by placeholders. */
export type Recorded = Readonly<Record<string, unknown>>;

export interface RecordedError {
	readonly Error: { readonly Code: string; readonly Message: string };
	readonly ResponseMetadata: { readonly HTTPStatusCode: number };
}

/** The answers recorded in one test of one file of the shared data. Throws when there is no such test. */
export function recorded(file: string, test: string): Recorded {
	const path = join(sharedData(), 'api', `localstack_aws_${file}.snapshot.json`);
	const all = JSON.parse(readFileSync(path, 'utf8')) as Record<
		string,
		{ 'recorded-content': Recorded }
	>;
	const found = Object.entries(all).find(([name]) => name.endsWith(`::${test}`));
	if (found === undefined) throw new Error(`nothing recorded as ${test} in ${file}`);
	return found[1]['recorded-content'];
}

/** Names of ours and the placeholders that stand for them in a recording. */
export type Placeholders = Readonly<Record<string, string>>;

/** Our text with the placeholders of the recording. */
export function masked(text: string, placeholders: Placeholders): string {
	let out = text.replaceAll('arn:aws:', 'arn:<partition>:');
	for (const [name, placeholder] of Object.entries(placeholders)) {
		out = out.replaceAll(name, placeholder);
	}
	return out;
}

/** Expects code, status and sentence of an error to be AWS's. */
export async function sameError(
	promise: Promise<unknown>,
	wanted: unknown,
	placeholders: Placeholders,
): Promise<void> {
	const { Error: error, ResponseMetadata } = wanted as RecordedError;
	const ours = await refusalOf(promise);
	// The SDK and the recording differ in whether they print the suffix.
	const bare = (code: string) => code.replace(/Exception$/, '');
	expect({
		code: bare(ours.name),
		status: ours.status,
		message: masked(ours.message, placeholders),
	}).toEqual({
		code: bare(error.Code),
		status: ResponseMetadata.HTTPStatusCode,
		message: error.Message,
	});
}

/** Expects the same member names on both sides, save those that a resource only has when it uses them. */
export function sameFields(ours: unknown, aws: unknown, optional: readonly string[] = []): void {
	const [left, right] = [ours, aws].map((value) =>
		fields(value)
			.filter((path) => !optional.some((start) => path.startsWith(start)))
			.sort(),
	);
	expect(left).toEqual(right);
}

/** Member names, of structures within structures too; of lists those of the first element. */
function fields(value: unknown, prefix = ''): string[] {
	if (Array.isArray(value)) return value.length === 0 ? [] : fields(value[0], `${prefix}[]`);
	if (typeof value !== 'object' || value === null || value instanceof Date) return [];
	return Object.entries(value)
		.filter(([name, entry]) => !metadata.includes(name) && entry !== undefined)
		.flatMap(([name, entry]) => {
			const path = prefix === '' ? name : `${prefix}.${name}`;
			// Keys of these are data, not members.
			if (/Variables$|Tags$/.test(path) && !Array.isArray(entry)) return [path];
			return [path, ...fields(entry, path)];
		});
}

const metadata = ['$metadata', 'ResponseMetadata'];

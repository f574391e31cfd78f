import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { type LambdaEntry, root } from './entries.ts';

/** The file that a built function starts with. */
export const entryFile = 'bundle.mjs';

/** Bundles a function into an empty folder as SST does for Lambda. */
export async function buildLambda(
	{ source }: Pick<LambdaEntry, 'source'>,
	folder: string,
): Promise<void> {
	// Files of an earlier build have names of their own, and would be weighed too.
	rmSync(folder, { recursive: true, force: true });
	await build({
		entryPoints: { bundle: join(root, source) },
		outdir: folder,
		outExtension: { '.js': '.mjs' },
		splitting: true,
		bundle: true,
		minify: true,
		keepNames: true,
		platform: 'node',
		format: 'esm',
		target: 'node24',
		mainFields: ['module', 'main'],
		banner: {
			js: 'import{createRequire as bundleRequire}from"node:module";const require=bundleRequire(import.meta.url);',
		},
		logLevel: 'error',
	});
}

export interface LambdaWeight {
	readonly startBytes: number;
	readonly startFiles: number;
	readonly totalBytes: number;
	readonly totalFiles: number;
}

/** What a built function weighs: what its start imports statically, and all of it. */
export function weighLambda(folder: string): LambdaWeight {
	const bytes = (file: string) => statSync(join(folder, file)).size;
	const sum = (files: readonly string[]) => files.reduce((total, file) => total + bytes(file), 0);
	const start = new Set<string>();
	const visit = (file: string) => {
		if (start.has(file)) return;
		start.add(file);
		const text = readFileSync(join(folder, file), 'utf8');
		// A dynamic import has a bracket, and is not read at the start.
		for (const [, target] of text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"/]+\.mjs)"/g)) {
			if (target !== undefined) visit(target);
		}
	};
	visit(entryFile);
	const files = readdirSync(folder).filter((file) => file.endsWith('.mjs'));
	return {
		startBytes: sum([...start]),
		startFiles: start.size,
		totalBytes: sum(files),
		totalFiles: files.length,
	};
}

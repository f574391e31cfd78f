/**
 * `npm run licences [-- --all]`: every dependency that reaches a user, with its licence, from the
 * installed tree. Ends with 1 when one is under a licence that the project did not decide to accept.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package as it is installed. */
export interface Installed {
	readonly name: string;
	readonly version: string;
	/** SPDX, from its manifest or its licence's own text; `null` when neither says. */
	readonly licence: string | null;
	/** How it reaches a user; `null` for tools. */
	readonly reaches: 'program' | 'dashboard' | null;
}

const root = join(import.meta.dirname, '..', '..');

/** Asks for no more than that the notice is kept. */
const permissive = ['MIT', 'Apache-2.0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'];
/** A font may be carried by a page; the licence asks nothing of the page. */
const forDashboard = [...permissive, 'OFL-1.1'];
/** Tools are used, not passed on. */
const forTools = [
	...forDashboard,
	'MPL-2.0',
	'BlueOak-1.0.0',
	'CC0-1.0',
	'CC-BY-4.0',
	'Unlicense',
	'Python-2.0',
];

const accepted = { program: permissive, dashboard: forDashboard, tool: forTools };

/** Packages whose licence is not accepted for what they are used for, one sentence each. */
export function licenceProblems(packages: readonly Installed[]): string[] {
	return packages.flatMap(({ name, version, licence, reaches }) => {
		const allowed = accepted[reaches ?? 'tool'];
		const terms = (licence ?? '').replaceAll(/[()]/g, '').split(' OR ');
		if (terms.some((term) => allowed.includes(term))) return [];
		return [`${name}@${version}: ${licence ?? 'no licence found'} (${reaches ?? 'tool'})`];
	});
}

interface LockEntry {
	readonly version?: string;
	readonly license?: string;
	readonly link?: boolean;
	readonly dev?: boolean;
	readonly dependencies?: Readonly<Record<string, string>>;
}

const marker = 'node_modules/';
const nameOf = (path: string) => path.slice(path.lastIndexOf(marker) + marker.length);

/** Every package that npm installed here. */
export function installedPackages(): Installed[] {
	const lock = JSON.parse(
		readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8'),
	) as { packages: Record<string, LockEntry> };
	const entries = Object.entries(lock.packages).filter(
		([path, { link }]) => path.startsWith(marker) && link !== true,
	);
	const drawn = closureOf(dashboardImports(), new Map(entries));
	return entries.map(([path, { version = '', license, dev }]) => {
		const name = nameOf(path);
		const reaches = dev !== true ? 'program' : drawn.has(name) ? 'dashboard' : null;
		return { name, version, licence: license ?? licenceInText(join(root, path)), reaches };
	});
}

/** Packages that the dashboard's own files import: Vite puts their code into what is served. */
function dashboardImports(): string[] {
	const folder = join(root, 'apps', 'dashboard', 'src');
	const names = new Set<string>();
	for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
		if (!/\.(ts|svelte|css)$/.test(file) || /\.test\.ts$/.test(file)) continue;
		const text = readFileSync(join(folder, file), 'utf8');
		for (const [, name = ''] of text.matchAll(
			/(?:from|import|@import) '((?:@[\w.-]+\/)?[\w-][\w.-]*)/g,
		)) {
			names.add(name);
		}
	}
	return [...names];
}

/** These packages and all that they depend on, by name. */
function closureOf(names: readonly string[], entries: ReadonlyMap<string, LockEntry>): Set<string> {
	const found = new Set<string>();
	const waiting = [...names];
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		if (found.has(name)) continue;
		for (const [path, { dependencies = {} }] of entries) {
			if (nameOf(path) !== name) continue;
			found.add(name);
			waiting.push(...Object.keys(dependencies));
		}
	}
	return found;
}

/** A licence by the first words of its text, for manifests that name none. */
function licenceInText(folder: string): string | null {
	const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt']
		.map((name) => join(folder, name))
		.find((path) => existsSync(path));
	if (file === undefined) return null;
	const text = readFileSync(file, 'utf8');
	if (/Permission is hereby granted, free of charge/.test(text)) return 'MIT';
	if (/Apache License\s+Version 2\.0/.test(text)) return 'Apache-2.0';
	return null;
}

function main(args: readonly string[]): number {
	const packages = installedPackages();
	const shown = packages.filter(({ reaches }) => reaches !== null || args.includes('--all'));
	for (const { name, version, licence, reaches } of shown) {
		console.log(
			`${(licence ?? '?').padEnd(14)} ${(reaches ?? 'tool').padEnd(10)} ${name} ${version}`,
		);
	}
	const problems = licenceProblems(packages);
	for (const problem of problems) console.error(`not accepted: ${problem}`);
	const tools = packages.filter(({ reaches }) => reaches === null).length;
	console.log(
		`${packages.length - tools} packages reach users, ${tools} are tools; ${problems.length} not accepted`,
	);
	return problems.length === 0 ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) process.exitCode = main(process.argv.slice(2));

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
/** Come in numbers; the table has a row for the whole family. */
const families = ['@aws-sdk/client-*', '@types/*', 'node-*'];

interface Manifest {
	readonly dependencies?: Record<string, string>;
	readonly devDependencies?: Record<string, string>;
	readonly optionalDependencies?: Record<string, string>;
}

function direct(): string[] {
	const files = ['package.json', ...globSync('{apps,packages}/*/package.json', { cwd: root })];
	const names = files.flatMap((file) => {
		const manifest = JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest;
		const { dependencies, devDependencies, optionalDependencies } = manifest;
		return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
	});
	return [...new Set(names)].filter((name) => !name.startsWith('@lamplight/')).sort();
}

/** What stands in backticks in the tables of choices and packages: there, a package is said why. */
function justified(): Set<string> {
	const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
	const section =
		/## Choices, with reasons\n([^]*?)\n## What an operator is told/.exec(text)?.[1] ?? '';
	return new Set([...section.matchAll(/`([^`\s]+)`/g)].map(([, name]) => name ?? ''));
}

const familyOf = (name: string) => families.find((one) => name.startsWith(one.slice(0, -1)));

describe('what we depend on', () => {
	it('is justified by name, every package', () => {
		const named = justified();
		const packages = direct();
		expect(packages.length).toBeGreaterThan(50);
		expect(packages.filter((name) => !named.has(familyOf(name) ?? name))).toEqual([]);
	});

	it('is still depended on, where a family of packages is justified', () => {
		const depended = new Set(direct().map((name) => familyOf(name) ?? name));
		const rows = [...justified()].filter((one) => families.includes(one));
		expect(rows.filter((one) => !depended.has(one))).toEqual([]);
		expect(rows.toSorted()).toEqual(families.toSorted());
	});
});

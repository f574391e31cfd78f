import { describe, expect, it } from 'vitest';

import { type Installed, installedPackages, licenceProblems } from '../gates/licences.ts';

const plain: Installed = { name: 'a', version: '1.0.0', licence: 'MIT', reaches: 'program' };

describe('the licences of what is installed', () => {
	const packages = installedPackages();

	it('are all accepted for what the packages are used for', () => {
		expect(packages.length).toBeGreaterThan(300);
		expect(licenceProblems(packages)).toEqual([]);
	});

	it('tell what is in the dashboard apart from tools', () => {
		const reachOf = (name: string) => packages.find((one) => one.name === name)?.reaches;
		expect(reachOf('hono')).toBe('program');
		expect(reachOf('bits-ui')).toBe('dashboard');
		expect(reachOf('svelte-toolbelt')).toBe('dashboard');
		expect(reachOf('eslint')).toBeNull();
	});

	it.each([
		['a licence that binds', { ...plain, licence: 'GPL-3.0' }],
		['none at all', { ...plain, licence: null }],
		["a tool's licence in the program", { ...plain, licence: 'MPL-2.0' }],
		['a tool that may not even be used', { ...plain, licence: 'BUSL-1.1', reaches: null }],
	] satisfies [string, Installed][])('with %s are found', (_, bad) => {
		expect(licenceProblems([plain, bad])).toHaveLength(1);
	});

	it('may offer a choice', () => {
		expect(licenceProblems([{ ...plain, licence: '(GPL-2.0 OR MIT)' }])).toEqual([]);
	});
});

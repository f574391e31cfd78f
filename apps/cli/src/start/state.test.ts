import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseStartOptions, type StartOptions } from './options.ts';
import { startState } from './state.ts';

let folder: string;
const options = (...args: string[]): StartOptions => {
	const parsed = parseStartOptions([...args, '--data', folder], '/');
	if (parsed === null) throw new Error('help was asked for');
	return parsed;
};

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'lamplight-state-'));
});

afterEach(() => {
	rmSync(folder, { recursive: true, force: true });
});

describe('the state of a data folder', () => {
	it('is made once and found again, readable by its owner only', () => {
		const first = startState(options());
		expect(startState(options())).toEqual(first);
		expect(first.secret.length).toBeGreaterThanOrEqual(32);
		expect(statSync(join(folder, 'state.json')).mode & 0o077).toBe(0);
	});

	it('refuses another world by what the folder holds', () => {
		startState(options('--seed', '3'));
		expect(() => startState(options('--seed', '4'))).toThrow(
			/holds the simulated world of --seed 3 --functions 240: begin again with --fresh/,
		);
		expect(() => startState(options('--aws-profile', 'work'))).toThrow('holds the simulated world');
	});

	it('takes a world with a trace for another one', () => {
		startState(options('--replay', 'trace.csv'));
		expect(() => startState(options())).toThrow('--functions 240 --replay /trace.csv: begin again');
		expect(startState(options('--replay', '/trace.csv')).replayPath).toBe('/trace.csv');
	});

	it('says that it is damaged and what to do', () => {
		writeFileSync(join(folder, 'state.json'), '{"mode":');
		expect(() => startState(options())).toThrow('state.json is damaged: begin again with --fresh');
	});
});

import { describe, expect, it } from 'vitest';

import { parseStartOptions } from './options.ts';

describe('the options of start', () => {
	it('have defaults that need nothing', () => {
		expect(parseStartOptions([], '/here')).toMatchObject({
			port: 4400,
			dataFolder: '/here/.lamplight',
			fresh: false,
			seed: 1,
			functions: 240,
		});
	});

	it('take what is given', () => {
		const args = [
			'--port',
			'5000',
			'--fresh',
			'--seed',
			'7',
			'--functions=1000',
			'--data',
			'/data',
		];
		expect(parseStartOptions(args, '/here')).toMatchObject({
			port: 5000,
			fresh: true,
			seed: 7,
			functions: 1000,
			dataFolder: '/data',
		});
	});

	it('take a time to begin at, and no half of one', () => {
		const options = parseStartOptions(['--at', '2026-11-23T15:40:00Z'], '/here');
		expect(options?.at).toBe(Date.UTC(2026, 10, 23, 15, 40));
		expect(() => parseStartOptions(['--at', '2026-11-23'], '/here')).toThrow(
			'--at: expected a time like 2026-11-23T15:40:00Z',
		);
	});

	it('find a trace to replay from where they were given', () => {
		const args = ['--replay', 'runs.csv', '--replay-functions', '/data/functions.csv'];
		expect(parseStartOptions(args, '/here')?.replay).toEqual({
			path: '/here/runs.csv',
			functionsPath: '/data/functions.csv',
		});
		expect(parseStartOptions([], '/here')?.replay).toBeNull();
	});

	it.each([
		[['--replay-functions', 'a.csv'], '--replay-functions says nothing without --replay'],
		[['--port', 'abc'], '--port: expected a whole number from 1 to 65535'],
		[['--port', '70000'], '--port: expected 65535 or less'],
		[['--functions', '0'], '--functions: expected 1 or more'],
		[['--seed', '1.5'], '--seed: expected a whole number from 0 to 2147483647'],
		[['--functions'], '--functions: expected a value'],
		[['--data', '--fresh'], '--data: expected a value'],
		[['5000'], '5000: not an option; options come after two dashes'],
		[['--nonsense'], '--nonsense: not an option of start; --help lists them'],
	])('%j is refused by name', (args, message) => {
		expect(() => parseStartOptions(args, '/here')).toThrow(message);
	});
});

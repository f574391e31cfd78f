import { describe, expect, it } from 'vitest';

import { keptFailure, lineText } from './lineText.ts';

const line = (message: string, json: Record<string, unknown> | null = null) =>
	lineText({ kind: 'line', message, json });

describe('a line as it is read', () => {
	it('leaves out what the Node and Python runtimes put before a message', () => {
		expect(line('2026-11-23T17:42:41.262Z\t1bc76c84-ba1a\tINFO\tloaded 9 orders\n')).toBe(
			'loaded 9 orders',
		);
		expect(line('[ERROR]\t2026-11-23T17:42:41.262Z\t1bc76c84\tno such key')).toBe('no such key');
		expect(line('a line of its own\twith a tab')).toBe('a line of its own\twith a tab');
	});

	it('sets the error of a failed execution and its stack on lines of their own', () => {
		const error = {
			errorType: 'SyntaxError',
			errorMessage: 'Unexpected token',
			stack: ['SyntaxError: Unexpected token', '    at parse (a.mjs:1:2)'],
		};
		expect(
			line(`2026-11-23T17:42:41.352Z\tid\tERROR\tInvoke Error \t${JSON.stringify(error)}`),
		).toBe('Invoke Error SyntaxError: Unexpected token\n    at parse (a.mjs:1:2)');
	});

	it('takes the message out of JSON, and leaves JSON without one as it is', () => {
		expect(
			line('{"level":"INFO","message":"cache miss"}', { level: 'INFO', message: 'cache miss' }),
		).toBe('cache miss');
		expect(line('{"a":1}', { a: 1 })).toBe('{"a":1}');
		const message = { errorType: 'E', errorMessage: 'gone', stackTrace: ['  at x'] };
		expect(line('…', { message })).toBe('E: gone\n  at x');
		const python = { errorType: 'KeyError', errorMessage: "'slot'", location: ['  File "a.py"\n'] };
		expect(line('…', python)).toBe('KeyError: \'slot\'\n  File "a.py"');
	});

	it('spaces the records of the platform', () => {
		expect(lineText({ kind: 'REPORT', message: 'REPORT\tDuration: 1 ms\t', json: null })).toBe(
			'REPORT  Duration: 1 ms',
		);
	});
});

describe('what was kept of a failure', () => {
	it('is the line that tells of it, wherever that is', () => {
		const told = {
			message: { errorType: 'E', errorMessage: 'nil map', stackTrace: ['  at put.go:22'] },
		};
		expect(
			keptFailure('{"type":"platform.start"}', ['{"message":"ok"}', JSON.stringify(told)]),
		).toEqual({
			title: 'E: nil map',
			stack: ['  at put.go:22'],
		});
	});

	it('is all of it when no line does, and nothing of nothing', () => {
		expect(keptFailure('Task timed out', ['a'])).toEqual({ title: 'Task timed out', stack: ['a'] });
		expect(keptFailure(null, null)).toBeNull();
	});
});

import { classifyLine, logLevels } from '@lamplight/core/issue/errorLine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { insightsText, levelPattern } from './insightsText.ts';

const wanted = { functions: [], fromMs: 0, toMs: 1, levels: [] };

/** Insights writes "without regard to case" in front, JavaScript behind. */
const regexOf = (pattern: string) => new RegExp(pattern.replace(/^\(\?i\)/, ''), 'i');

const words = [
	...['TRACE', 'trce', 'DEBUG', 'dbug', 'INFO', 'INFORMATION', 'info', 'WARN', 'WARNING', 'warn'],
	...['ERROR', 'fail', 'SEVERE', 'FATAL', 'CRITICAL', 'crit', 'PANIC', 'verbose', 'notice', 'err'],
	...['emergency', 'alert', 'other'],
];
const keys = ['level', 'Level', 'log.level', 'severity', 'levelname', '@l', 'lvl', 'logLevel', 'x'];
const value = fc.oneof(fc.constantFrom(...words), fc.integer({ min: 0, max: 70 }));
const line = fc.oneof(
	fc.tuple(fc.constantFrom(...words), fc.string()).map(([word, rest]) => `[${word}] ${rest}`),
	fc.tuple(fc.constantFrom(...words), fc.string()).map(([word, rest]) => `t\tid\t${word}\t${rest}`),
	fc.constantFrom(...words).map((word) => `time=1 level=${word} msg=x`),
	fc.tuple(fc.constantFrom(...keys), value).map(([key, level]) => JSON.stringify({ [key]: level })),
	value.map((level) => JSON.stringify({ log: { level } }, null, 1)),
);

describe('the pattern of levels', () => {
	it('matches every line that has one of them, however its logger prints it', () => {
		fc.assert(
			fc.property(line, fc.subarray([...logLevels], { minLength: 1 }), (text, levels) => {
				const { level } = classifyLine(text);
				if (level === null || !levels.includes(level)) return;
				expect(text).toMatch(regexOf(levelPattern(levels)));
			}),
			{ numRuns: 3_000 },
		);
	});

	it('leaves out lines of other levels where it can', () => {
		expect('{"level":30,"msg":"ok"}').not.toMatch(regexOf(levelPattern(['error'])));
		expect('t\tid\tINFO\tdone').not.toMatch(regexOf(levelPattern(['error', 'fatal'])));
	});
});

describe('the query', () => {
	it('quotes what a person typed, so that none of it is syntax', () => {
		const text = 'say "two words" -a\\b x|limit';
		expect(insightsText({ ...wanted, text, requestId: 'r-1' })).toBe(
			[
				'fields @timestamp, @message, @logStream, @log',
				'filter @message like "say"',
				'filter @message like "two words"',
				'filter @message not like "a\\\\b"',
				'filter @message like "x|limit"',
				'filter @message like "r-1"',
				'sort @timestamp desc',
			].join(' | '),
		);
	});
});

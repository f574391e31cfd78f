import { type LogLevel } from '@lamplight/core/issue/errorLine';

import { termsOf } from '../lines.ts';
import type { Wanted } from './kept.ts';

/** How loggers spell each level, as `classifyLine` reads them; also pino's numbers. */
const spelled: Readonly<Record<LogLevel, string>> = {
	trace: 'trace|trce|verbose',
	debug: 'debug|dbug',
	info: 'info|notice',
	warn: 'warn',
	error: 'err|fail|severe',
	fatal: 'fatal|crit|panic|emergency|alert',
};
const numbered: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/**
 * The query of a search: its words exactly, and its levels roughly (more lines than have the level,
 * never fewer), so that the newest lines of a rare level are found however many others there are.
 */
export function insightsText({ text, requestId, levels }: Wanted): string {
	const conditions = termsOf(text, requestId).map(
		({ without, term }) => `@message ${without ? 'not ' : ''}like ${quoted(term)}`,
	);
	if (levels.length > 0) conditions.push(`@message like /${levelPattern(levels)}/`);
	return [
		'fields @timestamp, @message, @logStream, @log',
		...conditions.map((condition) => `filter ${condition}`),
		'sort @timestamp desc',
	].join(' | ');
}

/** Matches every line that `classifyLine` gives one of the levels, and more. */
export function levelPattern(levels: readonly LogLevel[]): string {
	const words = levels.map((level) => spelled[level]);
	const digits = levels.map((level) => numbered.indexOf(level) + 1).join('');
	return `(?i)${words.join('|')}|(level|lvl|severity|levelname|@l)"\\s*:\\s*[${digits}]\\d`;
}

function quoted(term: string): string {
	return `"${term.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

import type { LogLine } from '@lamplight/api/contract/logs';
import { minuteMs } from '@lamplight/core/time';

import { csvOf } from '../table/csv.ts';

/** A link that finds the line again: its execution's lines, or all of the minutes around it. */
export function lineLink(href: string, line: LogLine): string {
	const at = Date.parse(line.at);
	const url = new URL(href);
	url.searchParams.set('from', new Date(at - minuteMs).toISOString());
	url.searchParams.set('to', new Date(at + minuteMs).toISOString());
	if (line.requestId !== null) url.searchParams.set('request', line.requestId);
	url.searchParams.set('run', 'yes');
	url.searchParams.set('line', line.id);
	return url.href;
}

/** The lines as a CSV file. */
export function linesFile(lines: readonly LogLine[]): Blob {
	const rows = lines.map((line) => [
		line.at,
		line.functionId,
		line.level,
		line.requestId,
		line.message,
	]);
	return new Blob([csvOf(['at', 'function', 'level', 'request_id', 'message'], rows)], {
		type: 'text/csv',
	});
}

import type { Member } from '../fleet.ts';
import type { Language } from '../functionConfiguration.ts';
import { type Template, template } from './template.ts';

/** How an application line looks, by language and log format. */
export function lineTemplate(
	member: Member,
	level: 'INFO' | 'WARN' | 'ERROR',
	message: string,
): Template {
	const { language, logs } = member.blueprint;
	return template(
		logs.format === 'JSON'
			? jsonLine(language, level, message)
			: textLine(language, level, message),
	);
}

function jsonLine(language: Language, level: string, message: string): string {
	if (language === 'python') {
		return `${JSON.stringify({ timestamp: '{ts}', level, message, logger: 'root', requestId: '{id}' })}\n`;
	}
	return `${JSON.stringify({ timestamp: '{ts}', level, requestId: '{id}', message })}\n`;
}

function textLine(language: Language, level: string, message: string): string {
	switch (language) {
		case 'node':
			return `{ts}\t{id}\t${level}\t${message}\n`;
		case 'python':
			return `[${level}]\t{ts}\t{id}\t${message}\n`;
		case 'java':
			return `{ts} ${level.padEnd(5)} io.meridian.Handler - {id} ${message}\n`;
		case 'go':
			return `time={ts} level=${level} requestId={id} msg="${message}"\n`;
		case 'dotnet':
			return `{ts}\t{id}\t${level === 'ERROR' ? 'fail' : level === 'WARN' ? 'warn' : 'info'}\t${message}\n`;
		case 'rust':
			return `{ts} ${level.padStart(5)} Lambda runtime invoke{requestId="{id}"}: ${message}\n`;
	}
}

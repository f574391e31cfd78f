import type { Member } from '../fleet.ts';
import type { Block } from '../run/block.ts';
import { spanAtRow } from '../run/block.ts';
import { crashed, outOfMemory, storyFailed, success, timedOut } from '../run/outcome.ts';
import { eventOf } from '../run/traits.ts';
import { dependencyDown, everyday, type FailureText, released } from './failures.ts';
import { type Template, template } from './template.ts';

/** How a failed execution ended, and what it wrote before END. */
export interface Failure {
	readonly errorType: string;
	/** What REPORT says beside its figures; `null` for an exception that the runtime caught. */
	readonly report: {
		readonly status: 'timeout' | 'error';
		readonly errorType: string | null;
	} | null;
	readonly lines: readonly Template[];
	readonly bytes: number;
}

const known = new WeakMap<Member, Map<string, Failure>>();

/** The failure of a row; `null` when it succeeded. */
export function failureOf(member: Member, block: Block, row: number): Failure | null {
	const status = block.status[row] ?? 0;
	if (status === success) return null;
	const variant = variantOf(member, block, row);
	const cache = known.get(member) ?? new Map<string, Failure>();
	known.set(member, cache);
	const key = `${status}/${variant}`;
	const found = cache.get(key) ?? makeFailure(member, status, variant);
	cache.set(key, found);
	return found;
}

/** The exception's class or the runtime's word for it; `null` on success. */
export function errorTypeOf(member: Member, block: Block, row: number): string | null {
	return failureOf(member, block, row)?.errorType ?? null;
}

const dependencyVariant = -1;

function variantOf(member: Member, block: Block, row: number): number {
	const status = block.status[row] ?? 0;
	if (status === storyFailed) {
		const span = spanAtRow(block, row);
		return span?.effect.error === 'dependency' ? dependencyVariant : Math.abs(span?.k ?? 0);
	}
	// Most of a function's everyday failures are of one kind.
	return eventOf(member, block, row) % 5 === 0 ? member.seed + 1 : member.seed;
}

function makeFailure(member: Member, status: number, variant: number): Failure {
	switch (status) {
		case timedOut:
			return timeoutFailure(member);
		case outOfMemory:
			return killed(member, 'Runtime.OutOfMemory', 'signal: killed');
		case crashed:
			return killed(member, 'Runtime.ExitError', 'exit status 2');
		default:
			return caught(member, textOf(member, status, variant));
	}
}

function textOf(member: Member, status: number, variant: number): FailureText {
	const { language } = member.blueprint;
	if (status === storyFailed && variant === dependencyVariant) return dependencyDown[language];
	const pool = status === storyFailed ? released[language] : everyday[language];
	const text = pool[variant % pool.length];
	if (text === undefined) throw new RangeError(`failures: none for ${language}`);
	return text;
}

function timeoutFailure(member: Member): Failure {
	const { timeoutSeconds, logs } = member.blueprint;
	const text = `{ts} {id} Task timed out after ${timeoutSeconds.toFixed(2)} seconds\n\n`;
	// In JSON format the time-out is told by platform.runtimeDone and platform.report alone.
	const lines = logs.format === 'JSON' ? [] : [template(text)];
	return made('Sandbox.Timedout', { status: 'timeout', errorType: null }, lines);
}

function killed(member: Member, errorType: string, how: string): Failure {
	const text = `RequestId: {id} Error: Runtime exited with error: ${how}\nRuntime.ExitError\n`;
	const lines = member.blueprint.logs.format === 'JSON' ? [] : [template(text)];
	return made(errorType, { status: 'error', errorType }, lines);
}

function caught(member: Member, text: FailureText): Failure {
	const { logs } = member.blueprint;
	const line = logs.format === 'JSON' ? jsonFailure(member, text) : textFailure(member, text);
	return made(text.errorType, null, [template(line)]);
}

function made(errorType: string, report: Failure['report'], lines: readonly Template[]): Failure {
	return { errorType, report, lines, bytes: lines.reduce((sum, line) => sum + line.bytes, 0) };
}

/** As each managed runtime prints an exception in text format. */
function textFailure(member: Member, text: FailureText): string {
	const { errorType, message, frames } = text;
	switch (member.blueprint.language) {
		case 'node': {
			const stack = [`${errorType}: ${message}`, ...frames.map((frame) => `    ${frame}`)];
			const body = JSON.stringify({ errorType, errorMessage: message, stack });
			return `{ts}\t{id}\tERROR\tInvoke Error \t${body}\n`;
		}
		case 'python': {
			const calls = frames.toReversed().map((frame) => `\u00a0\u00a0${frame}`);
			return `[ERROR] ${errorType}: ${message}\nTraceback (most recent call last):\n${calls.join('\n')}`;
		}
		case 'java':
			return `${message}: ${errorType}\n${errorType}: ${message}\n${frames.map((frame) => `\t${frame}`).join('\n')}\n`;
		case 'go':
			return `${JSON.stringify({ errorMessage: message, errorType, stackTrace: frames.map(goFrame) })}\n`;
		case 'dotnet':
			return `{ts}\t{id}\tfail\t${errorType}: ${message}\n${frames.map((frame) => `   ${frame}`).join('\n')}\n`;
		case 'rust':
			return `{ts} ERROR Lambda runtime invoke{requestId="{id}"}: ${errorType}: ${message}\n${frames.map((frame, i) => `   ${i}: ${frame}`).join('\n')}\n`;
	}
}

function jsonFailure(member: Member, text: FailureText): string {
	const { errorType, message: errorMessage, frames } = text;
	if (member.blueprint.language === 'python') {
		const line = {
			timestamp: '{ts}',
			log_level: 'ERROR',
			errorMessage,
			errorType,
			requestId: '{id}',
			location: frames.toReversed().map((frame) => `  ${frame}\n`),
		};
		return `${JSON.stringify(line)}\n`;
	}
	const stackTrace = [`${errorType}: ${errorMessage}`, ...frames.map((frame) => `    ${frame}`)];
	const message = { errorType, errorMessage, stackTrace };
	return `${JSON.stringify({ timestamp: '{ts}', level: 'ERROR', requestId: '{id}', message })}\n`;
}

function goFrame(frame: string): { path: string; line: number; label: string } {
	const [label = '', place = ''] = frame.split(' ');
	const [path = '', line = '0'] = place.split(':');
	return { path: path.replace(/^\//, ''), line: Number(line), label };
}

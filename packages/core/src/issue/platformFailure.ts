import { isObject, type JsonObject } from './failureJson.ts';
import type { ErrorKind, ParsedFailure } from './failureText.ts';

/** `platform.report`, `platform.initReport` and the like; `null` for what code logged. */
export function platformObject(object: JsonObject): ParsedFailure | null {
	const { type, record } = object;
	if (typeof type !== 'string' || !type.startsWith('platform.') || !isObject(record)) return null;
	const status = record['status'] === 'timeout' ? 'timeout' : 'error';
	const errorType =
		typeof record['errorType'] === 'string' ? ` Error Type: ${record['errorType']}` : '';
	const early = /^platform\.(?:init|restore)/.test(type);
	return platformFailure(`${early ? 'INIT_REPORT' : 'REPORT'} Status: ${status}${errorType}`);
}

/** Failures that the platform itself reports: there is no stack, and a fixed wording. */
export function platformFailure(text: string): ParsedFailure | null {
	const none = { stack: [], language: null };
	const timeout = /Task timed out after \d+(?:\.\d+)? seconds/.exec(text);
	if (timeout !== null)
		return { ...none, kind: 'timeout', errorType: 'Sandbox.Timedout', message: timeout[0] };
	if (
		/JavaScript heap out of memory|fatal error: runtime: out of memory|signal: killed/.test(text)
	) {
		const memory = {
			...none,
			errorType: 'Runtime.OutOfMemory',
			message: 'The process ran out of memory',
		};
		return text.includes('signal: killed')
			? {
					...none,
					kind: 'exit',
					errorType: 'Runtime.ExitError',
					message: 'Runtime exited with error: signal: killed',
				}
			: { ...memory, kind: 'out-of-memory' };
	}
	const exit =
		/Runtime exited (?:with error: [^\n\r]{1,120}|without providing a reason)|Process exited before completing request/.exec(
			text,
		);
	if (exit !== null)
		return { ...none, kind: 'exit', errorType: 'Runtime.ExitError', message: exit[0] };
	const report =
		/^(INIT_REPORT|RESTORE_REPORT|REPORT) .*?Status: (timeout|error|failure)(?:\s+Error Type: (\S+))?/.exec(
			text,
		);
	if (report === null) return null;
	const [, record, status, type] = report;
	const errorType = type ?? (status === 'timeout' ? 'Sandbox.Timedout' : 'Runtime.Unknown');
	const message =
		status === 'timeout' ? 'Task timed out' : 'The platform reported a failed execution';
	const early = record === 'REPORT' ? 'exception' : 'init';
	return {
		...none,
		kind: status === 'timeout' ? 'timeout' : kindOf(errorType, message, early),
		errorType,
		message,
	};
}

/** The kind that a type or message shows; `otherwise` when neither does. */
export function kindOf(errorType: string | null, message: string, otherwise: ErrorKind): ErrorKind {
	const type = errorType ?? '';
	if (/(?:^|\.)(?:Sandbox\.)?Timed?out$/.test(type) && /Sandbox|Runtime/.test(type))
		return 'timeout';
	if (/Runtime\.OutOfMemory|^(?:java\.lang\.)?OutOfMemoryError$|^MemoryError$/.test(type))
		return 'out-of-memory';
	if (
		/^Runtime\.(?:ImportModuleError|HandlerNotFound|UserCodeSyntaxError|InvalidEntrypoint|MalformedHandlerName|InvalidWorkingDir|Unknown)$|^Extension\./.test(
			type,
		)
	)
		return 'init';
	if (/^Runtime\.Exit/.test(type)) return 'exit';
	if (/^Task timed out after/.test(message)) return 'timeout';
	return otherwise;
}

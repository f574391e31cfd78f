/** The languages whose stacks are understood; `null` runtime means: find out from the text. */
export const languages = ['node', 'python', 'java', 'go', 'dotnet', 'rust', 'ruby'] as const;
export type Language = (typeof languages)[number];

/** What went wrong in the broadest terms; platform kinds have no stack and are kept per function. */
export const errorKinds = [
	'exception',
	'timeout',
	'out-of-memory',
	'exit',
	'init',
	'logged',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** One failure as the logs show it. Give `lines` (raw log lines of the failure) or the parts. */
export interface FailureText {
	/** Lambda's runtime identifier such as `nodejs24.x`, or `null` when unknown (images, copies). */
	readonly runtime: string | null;
	/** Raw lines: text, Lambda's JSON format, Powertools, multi-line stacks, `errorMessage` JSON. */
	readonly lines?: readonly string[];
	readonly message?: string;
	readonly errorType?: string;
	readonly stack?: string | readonly string[];
}

/** One frame of a stack, innermost first. */
export interface StackFrame {
	/** Normalised function name; `null` when anonymous. */
	readonly function: string | null;
	/** Normalised file or module: deployment folders, versions and hashes taken out; `null` when unknown. */
	readonly file: string | null;
	/** As printed; not part of the fingerprint, because every edit moves it. */
	readonly line: number | null;
	/** Whether it is the customer's own code rather than the runtime or a dependency. */
	readonly inApp: boolean;
}

/** A failure taken apart, before anything is normalised. */
export interface ParsedFailure {
	readonly kind: ErrorKind;
	/** `null` when the text names no type. */
	readonly errorType: string | null;
	readonly message: string;
	/** Lines that may hold frames, in the order printed. */
	readonly stack: readonly string[];
	readonly language: Language | null;
}

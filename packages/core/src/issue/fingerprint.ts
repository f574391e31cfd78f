import { parseFailure } from './failure.ts';
import type { ErrorKind, FailureText, Language, StackFrame } from './failureText.ts';
import type { ParsedFailure } from './failureText.ts';
import { parseFrames } from './frames.ts';
import { detectLanguage } from './language.ts';
import { fnv128Hex } from './hash.ts';
import { normaliseMessage } from './normalise.ts';

/** How one failure is grouped and titled. Holds normalised text only: no ids, values or payloads. */
export interface Fingerprint {
	/** 32 hexadecimal digits; equal for failures of the same kind, across versions and line shifts. */
	readonly hash: string;
	readonly kind: ErrorKind;
	/** `errorType: normalisedMessage`, cut to 160 characters. */
	readonly title: string;
	readonly errorType: string;
	/** The message with ids, numbers, times, addresses and free values replaced; may be empty. */
	readonly normalisedMessage: string;
	/** `function (file)` of the frame that names the place; `null` without a stack. */
	readonly topFrame: string | null;
	/** At most 30, innermost first. */
	readonly frames: readonly StackFrame[];
	readonly language: Language | null;
}

/** Written into every hash: raise it when grouping changes, so that old and new issues do not mix. */
const fingerprintVersion = 1;
const maxTitle = 160;
/**
 * Frames of the app that take part. One would merge every failure of a shared helper; all of them
 * would open a new issue for each refactoring of a caller.
 */
const framesInHash = 3;

/**
 * Groups a failure: the hash covers its kind, type, normalised message and the innermost frames of
 * the customer's own code, without line numbers. Never throws; text that is not understood is
 * grouped by its normalised first line.
 */
export function fingerprint(failure: FailureText): Fingerprint {
	const parsed = parseFailure(failure);
	const language = parsed.language ?? detectLanguage(parsed.stack);
	const frames = language === null ? [] : parseFrames(parsed.stack, language);
	const errorType = (parsed.errorType ?? defaultType(parsed)).slice(0, 200);
	const normalisedMessage = normaliseMessage(parsed.message);
	const places = placesOf(frames, language);
	const identity = [
		`v${fingerprintVersion}`,
		parsed.kind,
		simpleType(errorType),
		normalisedMessage,
		...places,
	];
	const title = normalisedMessage === '' ? errorType : `${errorType}: ${normalisedMessage}`;
	return {
		hash: fnv128Hex(identity.join('\n')),
		kind: parsed.kind,
		title: title.length > maxTitle ? `${title.slice(0, maxTitle - 1)}…` : title,
		errorType,
		normalisedMessage,
		topFrame: describe(frames.find((frame) => frame.inApp) ?? frames[0]),
		frames,
		language,
	};
}

function defaultType(parsed: ParsedFailure): string {
	return parsed.language === 'go' ? 'panic' : 'Error';
}

/** Runtimes disagree on the package in front (`botocore.exceptions.ClientError`); not on the name. */
function simpleType(errorType: string): string {
	if (/^(?:Runtime|Sandbox|Function|Extension|Lambda)\./.test(errorType)) return errorType;
	return errorType.split(/[.:$]+/).at(-1) ?? errorType;
}

function placesOf(frames: readonly StackFrame[], language: Language | null): string[] {
	const own = frames.filter((frame) => frame.inApp).slice(0, framesInHash);
	const used = own.length > 0 ? own : frames.slice(0, 1);
	return used.map((frame) => {
		// Names that carry their package need no file, which is printed only with debug information.
		const qualified = language !== null && qualifiedNames.has(language) && frame.function !== null;
		return qualified ? `${frame.function}` : `${frame.function ?? ''}@${frame.file ?? ''}`;
	});
}

const qualifiedNames: ReadonlySet<Language> = new Set(['java', 'dotnet', 'go', 'rust']);

function describe(frame: StackFrame | undefined): string | null {
	if (frame === undefined) return null;
	if (frame.function === null) return frame.file;
	return frame.file === null ? frame.function : `${frame.function} (${frame.file})`;
}

import type { Language, StackFrame } from './failureText.ts';
import { maxLineLength, maxStackLines } from './language.ts';
import { normaliseName } from './normalise.ts';
import { grammars, type RawFrame, type StackGrammar } from './stackGrammars.ts';

/** Frames kept of a stack. */
export const maxFrames = 30;

/** The frames of a stack's lines, innermost first, at most `maxFrames`; empty when there are none. */
export function parseFrames(lines: readonly string[], language: Language): StackFrame[] {
	const grammar = grammars[language];
	const raw: RawFrame[] = [];
	const looked = grammar.innermostLast
		? lines.slice(-maxStackLines)
		: lines.slice(0, maxStackLines);
	for (const [at, line] of looked.entries()) {
		if (line.length > maxLineLength) continue;
		const frame = grammar.frame(line, looked[at + 1]);
		if (frame !== null) raw.push(frame);
	}
	if (grammar.innermostLast) raw.reverse();
	return withoutRecursion(raw.map((frame) => finish(frame, grammar))).slice(0, maxFrames);
}

function finish(frame: RawFrame, grammar: StackGrammar): StackFrame {
	const name = frame.function === null ? null : grammar.functionName(frame.function.trim());
	const foreign =
		grammar.foreign.test(frame.place) ||
		(frame.function !== null && grammar.foreignFunction.test(frame.function));
	return {
		function: name === null || name === '' ? null : normaliseName(name),
		file: frame.file === null ? null : normaliseFile(frame.file),
		line: frame.line,
		inApp: !foreign,
	};
}

/** A frame repeated right after itself says only how deep the recursion went. */
function withoutRecursion(frames: readonly StackFrame[]): StackFrame[] {
	return frames.filter((frame, at) => {
		const before = frames[at - 1];
		return before === undefined || before.function !== frame.function || before.file !== frame.file;
	});
}

/** Deployment roots, module versions and build hashes say when it was built, not where it failed. */
function normaliseFile(file: string): string {
	const path = file
		.replace(/^file:\/\//, '')
		.replace(/\\/g, '/')
		.replace(/@v?\d[\w.+-]*/g, '')
		.replace(
			/^(?:\.\/|\/var\/task\/|\/var\/lang\/|\/var\/runtime\/|\/opt\/|\/tmp\/|\/workspace\/|\/app\/|\/src\/)+/,
			'',
		)
		.replace(/^lib\/python\d[\d.]*\//, '')
		.replace(/^\/(?!rustc)/, '')
		.replace(/^\/rustc\/[0-9a-f]+\//, 'rustc/');
	return path
		.split('/')
		.map((part) => part.replace(/[-.][0-9a-f]{8,}(?=\.[a-z]+$|$)/i, ''))
		.map(normaliseName)
		.join('/');
}

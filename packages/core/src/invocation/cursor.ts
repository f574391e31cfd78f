/**
 * A position in a text, and the few moves that reading a platform line takes. Hand-written rather
 * than a regular expression: it works in place on a large chunk (no line is copied out) and is
 * several times faster. It reads one line at a time, so `end` is where the line ends, not the text.
 */
export class Cursor {
	text = '';
	pos = 0;
	end = 0;

	reset(text: string, start: number, end: number): void {
		this.text = text;
		this.pos = start;
		this.end = end;
	}

	get done(): boolean {
		return this.pos >= this.end;
	}

	/** True, and moves past `word`, when it comes next. */
	take(word: string): boolean {
		const after = this.pos + word.length;
		if (after > this.end || !this.text.startsWith(word, this.pos)) return false;
		this.pos = after;
		return true;
	}

	/** Past spaces, tabs, line ends, and the two-character `\t` and `\n` that pasted JSON leaves behind. */
	skipSpaces(): void {
		const { text, end } = this;
		let pos = this.pos;
		while (pos < end) {
			const code = text.charCodeAt(pos);
			if (code === space || (code >= tab && code <= carriageReturn)) pos += 1;
			else if (code === backslash && pos + 1 < end && isEscapedSpace(text.charCodeAt(pos + 1)))
				pos += 2;
			else break;
		}
		this.pos = pos;
	}

	/** The characters up to the next space (or pasted `\t`), moved past; empty when there are none. */
	word(): string {
		const start = this.pos;
		this.toSpace();
		return this.text.slice(start, this.pos);
	}

	/** To the next space or the end. */
	toSpace(): void {
		const { text, end } = this;
		let pos = this.pos;
		while (pos < end) {
			const code = text.charCodeAt(pos);
			if (code === space || (code >= tab && code <= carriageReturn)) break;
			if (code === backslash && pos + 1 < end && isEscapedSpace(text.charCodeAt(pos + 1))) break;
			pos += 1;
		}
		this.pos = pos;
	}

	/** A decimal number in thousandths, rounded half up, moved past; -1 when none comes next. */
	thousandths(): number {
		const { text, end } = this;
		let pos = this.pos;
		let value = 0;
		const start = pos;
		while (pos < end) {
			const digit = text.charCodeAt(pos) - zeroCode;
			if (digit < 0 || digit > 9) break;
			value = value * 10 + digit;
			pos += 1;
		}
		// 12 digits of milliseconds are 30 years: more is damage, and would lose precision.
		if (pos === start || pos - start > 12) return -1;
		value *= 1000;
		if (pos < end && text.charCodeAt(pos) === dot) {
			pos += 1;
			for (let place = 0; pos < end; pos += 1, place += 1) {
				const digit = text.charCodeAt(pos) - zeroCode;
				if (digit < 0 || digit > 9) break;
				if (place < 3) value += digit * placeValue(place);
				else if (place === 3 && digit >= 5) value += 1;
			}
		}
		this.pos = pos;
		return value;
	}

	/** A whole number, moved past; -1 when none comes next. */
	whole(): number {
		const { text, end } = this;
		const start = this.pos;
		let pos = start;
		let value = 0;
		while (pos < end) {
			const digit = text.charCodeAt(pos) - zeroCode;
			if (digit < 0 || digit > 9) break;
			value = value * 10 + digit;
			pos += 1;
		}
		if (pos === start || pos - start > 15) return -1;
		this.pos = pos;
		return value;
	}

	/** What comes next, cut short, for a message. */
	preview(): string {
		return this.text.slice(this.pos, Math.min(this.end, this.pos + previewLength));
	}
}

const previewLength = 40;
const tab = 9;
const carriageReturn = 13;
const space = 32;
const dot = 46;
const zeroCode = 48;
const backslash = 92;

/** 100, 10, 1: what a digit after the point is worth in thousandths. */
function placeValue(place: number): number {
	return place === 0 ? 100 : place === 1 ? 10 : 1;
}

/** `t`, `n` or `r`. */
function isEscapedSpace(code: number): boolean {
	return code === 116 || code === 110 || code === 114;
}

/**
 * Text of a log as it may be printed: decoded from the bytes it was read as, cut short, and with
 * every control character shown instead of sent, because a log line can hold terminal commands.
 */
export function printable(text: string, most: number): string {
	const cut = text.length > most ? `${text.slice(0, most)}…` : text;
	const isBytes = !/[\u0100-\uffff]/.test(cut.slice(0, most));
	const decoded = isBytes ? Buffer.from(cut.slice(0, most), 'latin1').toString('utf8') : cut;
	const safe = decoded.replace(
		// eslint-disable-next-line no-control-regex -- control characters are what this is about
		/[\u0000-\u001f\u007f-\u009f]/g,
		(character) =>
			character === '\t' ? ' ' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
	);
	return isBytes && text.length > most ? `${safe}…` : safe;
}

export interface Part {
	readonly text: string;
	readonly hit: boolean;
}

/** Text cut at the places where one of the words stands; letter case does not matter. */
export function marked(text: string, words: readonly string[]): Part[] {
	const wanted = words.filter((word) => word !== '');
	if (wanted.length === 0) return [{ text, hit: false }];
	const pattern = new RegExp(`(${wanted.map(escape).join('|')})`, 'gi');
	return text
		.split(pattern)
		.map((part, index) => ({ text: part, hit: index % 2 === 1 }))
		.filter((part) => part.text !== '');
}

function escape(word: string): string {
	return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The words of a search that a line must hold: quoted phrases stay whole, `-word` is left out. */
export function wordsOf(search: string): string[] {
	return [...search.matchAll(/(-?)"([^"]+)"|(\S+)/g)]
		.filter(([all, not]) => not !== '-' && !all.startsWith('-'))
		.map(([, , phrase, word]) => phrase ?? word ?? '');
}

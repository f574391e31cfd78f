import document from '../data/rates.json' with { type: 'json' };
import { openRateBook, type RateBook } from './book.ts';

let book: RateBook | null = null;

/** The rates that come with Lamplight: list prices with their sources and dates. Opened once. */
export function bundledRates(): RateBook {
	book ??= openRateBook(document);
	return book;
}

/** The billing month of the URL as YYYY-MM; the current one when it names none or one to come. */
export function readMonth(text: string, current: string): string {
	return /^\d{4}-(0[1-9]|1[0-2])$/.test(text) && text <= current ? text : current;
}

/** A month so many months later, or earlier. */
export function addMonths(month: string, by: number): string {
	const [year = 0, number = 1] = month.split('-').map(Number);
	return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

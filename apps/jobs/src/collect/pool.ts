/** Runs at most `width` at once and keeps the order of the results. The first failure is thrown. */
export async function inParallel<T, R>(
	items: readonly T[],
	width: number,
	run: (item: T) => Promise<R>,
): Promise<R[]> {
	const results = new Array<R>(items.length);
	let next = 0;
	const worker = async () => {
		while (next < items.length) {
			const at = next;
			next += 1;
			const item = items[at];
			if (item !== undefined) results[at] = await run(item);
		}
	};
	await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
	return results;
}

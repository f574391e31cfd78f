/** What a warm worker remembers to save a write or a read; losing it costs only that. */
export interface Memory {
	get(key: string): string | undefined;
	set(key: string, value: string): void;
}

/** Enough for the slots of a few hundred regions. */
const maxEntries = 50_000;

/** Keeps the newest entries; the oldest go first. */
export function createMemory(limit = maxEntries): Memory {
	const entries = new Map<string, string>();
	return {
		get: (key) => entries.get(key),
		set(key, value) {
			entries.delete(key);
			entries.set(key, value);
			const [oldest] = entries.keys();
			if (entries.size > limit && oldest !== undefined) entries.delete(oldest);
		},
	};
}

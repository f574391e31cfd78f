import type { Store } from '@lamplight/store/store';

const maxKept = 500;

/**
 * Keeps what was read for a moment, per store and key, since every page asks for the same. A
 * failed read is not kept. `load` runs once however many ask at the same time.
 */
export function kept<T>(ttlMs: number) {
	const byStore = new WeakMap<Store, Map<string, { untilMs: number; value: Promise<T> }>>();
	const entriesOf = (store: Store) => {
		const known = byStore.get(store) ?? new Map<string, { untilMs: number; value: Promise<T> }>();
		byStore.set(store, known);
		return known;
	};
	return {
		read(store: Store, key: string, nowMs: number, load: () => Promise<T>): Promise<T> {
			const entries = entriesOf(store);
			const found = entries.get(key);
			if (found !== undefined && found.untilMs > nowMs) return found.value;
			const value = load();
			if (entries.size >= maxKept) entries.clear();
			entries.set(key, { untilMs: nowMs + ttlMs, value });
			value.catch(() => entries.delete(key));
			return value;
		},
		forget(store: Store, key: string): void {
			byStore.get(store)?.delete(key);
		},
	};
}

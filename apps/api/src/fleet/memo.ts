const kept = new WeakMap<object, Map<string, unknown>>();

/**
 * What is worked out from an object that never changes, once: a fleet of ten thousand is the same
 * for every call until its next build. `name` must name the work, with everything else it depends on.
 */
export function memo<T>(of: object, name: string, work: () => T): T {
	const known = kept.get(of) ?? new Map<string, unknown>();
	kept.set(of, known);
	if (known.has(name)) return known.get(name) as T;
	const made = work();
	known.set(name, made);
	return made;
}

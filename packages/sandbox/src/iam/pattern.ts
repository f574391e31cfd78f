const cacheLimit = 10_000;
const cache = new Map<string, RegExp>();

/** Whether text matches a pattern in which `*` stands for any text and `?` for one character. */
export function matchesPattern(pattern: string, text: string, ignoreCase = false): boolean {
	if (pattern === '*') return true;
	const key = `${ignoreCase ? 'i' : 'c'}${pattern}`;
	let compiled = cache.get(key);
	if (compiled === undefined) {
		const source = pattern
			.replace(/[.+^${}()|[\]\\]/g, '\\$&')
			.replaceAll('*', '.*')
			.replaceAll('?', '.');
		compiled = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
		if (cache.size >= cacheLimit) cache.clear();
		cache.set(key, compiled);
	}
	return compiled.test(text);
}

/** ARN comparison part by part: a `*` in one of the first five parts does not reach across a colon. */
export function matchesArn(pattern: string, arn: string): boolean {
	const [patternParts, arnParts] = [arnParts6(pattern), arnParts6(arn)];
	if (patternParts === null || arnParts === null) return false;
	return patternParts.every((part, index) => matchesPattern(part, arnParts[index] ?? ''));
}

function arnParts6(arn: string): string[] | null {
	if (arn === '*') return ['*', '*', '*', '*', '*', '*'];
	const parts = arn.split(':');
	if (parts.length < 6 || parts[0] !== 'arn') return null;
	return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/**
 * A count with its noun, or with its noun and verb: `1 row`, `2 rows`, `1 execution has`. `shown` is the
 * count as it is to be read, where its bare digits will not do.
 */
export function plural(
	value: number | bigint,
	one: string,
	many = `${one}s`,
	shown = String(value),
): string {
	return `${shown} ${Number(value) === 1 ? one : many}`;
}

/** `#rrggbb` with an alpha; other notations are left as they are. */
export function withAlpha(color: string, alpha: number): string {
	if (!/^#[0-9a-f]{6}$/i.test(color)) return color;
	return `${color}${Math.round(alpha * 255)
		.toString(16)
		.padStart(2, '0')}`;
}

/**
 * 128-bit FNV-1a of the text's UTF-8 bytes, as 32 hexadecimal digits. For grouping only: it keeps
 * different texts apart by chance, not against somebody who looks for a collision. Written out
 * because Web Crypto hashes only asynchronously and core may not import a runtime's own library.
 */
export function fnv128Hex(text: string): string {
	// Offset basis and prime (2^88 + 0x13b): http://www.isthe.com/chongo/tech/comp/fnv, read 2026-11.
	let [a, b, c, d] = [0x6c62272e, 0x07bb0142, 0x62b82175, 0x6295c58d];
	const small = 0x13b;
	for (const byte of new TextEncoder().encode(text)) {
		d = (d ^ byte) >>> 0;
		// The product is h·0x13b + (h << 88), kept to 128 bits; each partial product stays under 2^42.
		const d0 = d * small;
		const c0 = c * small + Math.floor(d0 / limb);
		const b0 = b * small + Math.floor(c0 / limb) + ((d << 24) >>> 0);
		const a0 = a * small + Math.floor(b0 / limb) + ((c << 24) >>> 0) + (d >>> 8);
		[a, b, c, d] = [a0 % limb, b0 % limb, c0 % limb, d0 % limb];
	}
	return [a, b, c, d].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
}

const limb = 2 ** 32;

/** The browser that component and page tests drive: Debian's, unless told otherwise. */
export function chromiumPath(): string {
	return process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
}

/** Flags with which Chromium runs without a display, a sandbox or calls of its own. */
export const chromiumFlags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
] as const;

/** How far reading has come, on a terminal's last line. */
export interface Progress {
	update(takenBytes: number): void;
	done(): void;
}

const width = 30;
/** Redraws at most once per so many bytes: drawing must not cost reading anything. */
const stepBytes = 8 * 1024 * 1024;

/** A bar on stderr where a person looks at it; nothing elsewhere. `totalBytes` is `null` for stdin. */
export function newProgress(
	stderr: { readonly isTTY?: boolean; write(text: string): unknown },
	totalBytes: number | null,
	quiet: boolean,
): Progress {
	if (stderr.isTTY !== true || quiet) return { update: () => undefined, done: () => undefined };
	let drawnAt = 0;
	return {
		update(takenBytes) {
			if (takenBytes - drawnAt < stepBytes) return;
			drawnAt = takenBytes;
			stderr.write(`\r${line(takenBytes, totalBytes)}\x1b[K`);
		},
		done() {
			if (drawnAt > 0) stderr.write('\r\x1b[K');
		},
	};
}

function line(takenBytes: number, totalBytes: number | null): string {
	const read = `${Math.round(takenBytes / 1e6).toLocaleString('en')} MB`;
	if (totalBytes === null || totalBytes === 0) return `read ${read}`;
	const share = Math.min(1, takenBytes / totalBytes);
	const bar = '█'.repeat(Math.round(share * width)).padEnd(width, '░');
	return `${bar} ${Math.round(share * 100)}%  ${read}`;
}

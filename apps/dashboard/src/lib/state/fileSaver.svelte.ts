import { call } from '#lib/api/client.ts';
import { isTooLong, type LongFileAsked, makeLongFile } from '#lib/api/longFile.ts';
import { asProblem } from '#lib/api/problem.ts';
import { bytes } from '#lib/format/quantity.ts';
import { plural } from '#lib/format/number.ts';
import { toasts } from '#lib/state/toasts.svelte.ts';

/** Saves files: at once where one answer carries them, else made by a job and fetched by its link. */
export class FileSaver {
	/** How much of a long file is made, 0 to 1; `null` when none is under way. */
	share = $state<number | null>(null);

	/** Never throws: what went wrong is said in a toast. */
	async save(ws: string, direct: () => Promise<void>, long: LongFileAsked): Promise<void> {
		try {
			await direct();
			return;
		} catch (error) {
			const problem = asProblem(error);
			if (!isTooLong(problem)) return toasts.failed(`No file: ${problem.message}`);
		}
		await this.#long(ws, long);
	}

	async #long(ws: string, asked: LongFileAsked): Promise<void> {
		this.share = 0;
		toasts.show('This file is long. It is being made, and comes by itself.');
		try {
			const { url, made } = await makeLongFile(
				{
					call,
					wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
					onShare: (share) => (this.share = share),
				},
				ws,
				asked,
			);
			follow(url);
			const size = `${plural(made.file?.rows ?? 0, 'row')}, ${bytes(made.file?.bytes)}`;
			toasts.show(`${made.fileName}: ${size}`, { label: 'Save again', run: () => follow(url) });
		} catch (error) {
			toasts.failed(`No file: ${asProblem(error).message}`);
		} finally {
			this.share = null;
		}
	}
}

/** The bucket answers with an attachment: the browser keeps it, and the page stays. */
function follow(url: string): void {
	const link = document.createElement('a');
	link.href = url;
	link.rel = 'noreferrer';
	link.click();
}

import { isTyping } from '../shell/shortcuts.svelte.ts';

/** `j`, `k` and Enter over the rows of a table: which row is picked, and what to attach where. */
export function rowKeys(count: () => number) {
	let picked = $state(-1);
	let body: HTMLElement | undefined;

	const rowAt = (index: number) => body?.querySelectorAll<HTMLElement>(':scope > tr')[index];

	return {
		get picked() {
			return picked < count() ? picked : -1;
		},
		/** For the table's body. */
		attach(node: HTMLElement) {
			body = node;
		},
		/** For the window. */
		onkeydown(event: KeyboardEvent) {
			if (isTyping(event) || count() === 0) return;
			if (event.key === 'j' || event.key === 'k') {
				event.preventDefault();
				picked = Math.min(count() - 1, Math.max(0, picked + (event.key === 'j' ? 1 : -1)));
				rowAt(picked)?.scrollIntoView({ block: 'nearest' });
			} else if (event.key === 'Enter' && picked >= 0 && event.target === document.body) {
				rowAt(picked)?.querySelector<HTMLElement>('a, button')?.click();
			}
		},
	};
}

/** Keys of the product, for the help sheet and for those who listen. */
export const shortcutHelp = [
	{ keys: ['Ctrl', 'K'], text: 'Find a function, request id or page' },
	{ keys: ['/'], text: 'Filter the page' },
	{ keys: ['j'], text: 'Next row or execution' },
	{ keys: ['k'], text: 'Row or execution before' },
	{ keys: ['Enter'], text: 'Open the row' },
	{ keys: ['x'], text: 'Choose the row' },
	{ keys: ['←', '→'], text: 'Move over a chart' },
	{ keys: ['↑', '↓'], text: 'Move over a heatmap’s durations' },
	{ keys: ['Space'], text: 'Begin or end a heatmap’s choice' },
	{ keys: ['['], text: 'Earlier' },
	{ keys: [']'], text: 'Later' },
	{ keys: ['t'], text: 'Light or dark' },
	{ keys: ['?'], text: 'This sheet' },
	{ keys: ['Esc'], text: 'Close, or drop the crosshair' },
] as const;

/** Whether a key was meant for a field, a menu or the browser, and so is not a shortcut. */
export function isTyping(event: KeyboardEvent): boolean {
	if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
	const target = event.target;
	if (!(target instanceof HTMLElement)) return false;
	return (
		target.isContentEditable ||
		target.closest('input, textarea, select, [role="menu"], [role="dialog"], [role="listbox"]') !==
			null
	);
}

/** Puts the cursor into the page's own filter. */
export function focusFilter(): boolean {
	const field = document.querySelector<HTMLInputElement>('[data-filter]');
	field?.focus();
	return field !== null;
}

import { afterNavigate, beforeNavigate } from '$app/navigation';
import { updated } from '$app/state';
import { onMount } from 'svelte';

/**
 * A tab that is older than the last deploy takes the new version at its next change of page, so that
 * nothing that is open is lost; and at once where a part of the old one that is needed is gone.
 */
export function followVersions(): void {
	let partsGone = false;
	/** Where a navigation under way leads: a part of that page may be what is gone. */
	let target: string | null = null;

	beforeNavigate(({ from, to, type, willUnload }) => {
		if (willUnload || to === null) return;
		const changesPage = from?.route.id !== to.route.id;
		target = changesPage ? to.url.href : null;
		// Going back has changed the address already: it is only loaded anew, once it is there.
		if (type === 'popstate' || !changesPage) return;
		if (partsGone || updated.current) location.assign(to.url);
	});
	afterNavigate(({ type }) => {
		target = null;
		if (type === 'popstate' && (partsGone || updated.current)) location.reload();
	});
	onMount(() => {
		const gone = () => {
			partsGone = true;
			if (target !== null) location.assign(target);
		};
		window.addEventListener('vite:preloadError', gone);
		return () => {
			window.removeEventListener('vite:preloadError', gone);
		};
	});
}

/**
 * A part of the program that is loaded when it is first asked for. Parts of an older version are gone
 * after a deploy: the page is then read anew, where it is.
 */
export async function loaded<T>(part: Promise<T>): Promise<T> {
	return await part.catch(async () => {
		location.reload();
		return await new Promise<never>(() => undefined);
	});
}

type Theme = 'light' | 'dark';

const key = 'lamplight.theme';

/** The theme in use. `/theme.js` sets it before the first paint; here it is changed and kept. */
class ThemeState {
	current = $state<Theme>(readTheme());

	toggle(): void {
		this.current = this.current === 'dark' ? 'light' : 'dark';
		document.documentElement.dataset['theme'] = this.current;
		try {
			localStorage.setItem(key, this.current);
		} catch {
			// Without storage the choice lasts as long as the page.
		}
	}
}

function readTheme(): Theme {
	if (typeof document === 'undefined') return 'light';
	return document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light';
}

export const theme = new ThemeState();

import { loaded } from './versions.ts';

/**
 * A menu that is loaded when it is first opened: most visits open none, and the library behind it is a
 * fifth of what a first page would load. A pointer or the focus on its button fetches it already.
 */
export class Later<Part> {
	/** The menu, once it was asked for; it begins open. */
	part = $state.raw<Part>();
	readonly #fetch: () => Promise<{ readonly default: Part }>;

	constructor(fetch: () => Promise<{ readonly default: Part }>) {
		this.#fetch = fetch;
	}

	/** What the button that stands for the menu is given until then. */
	opener(kind: 'menu' | 'dialog') {
		// A failure shows when the menu is asked for, not when somebody passes by.
		const fetch = () => void this.#fetch().catch(() => undefined);
		return {
			'aria-haspopup': kind,
			'aria-expanded': false,
			onpointerenter: fetch,
			onfocus: fetch,
			onclick: () => void this.#open(),
			onkeydown: (event: KeyboardEvent) => {
				if (event.key !== 'ArrowDown' || kind !== 'menu') return;
				event.preventDefault();
				void this.#open();
			},
		} as const;
	}

	async #open(): Promise<void> {
		this.part = (await loaded(this.#fetch())).default;
	}
}

/** A named address of the fleet: filters, sort, grouping and columns together. */
export interface View {
	readonly name: string;
	/** The query string without the range: a view may be looked at over any span. */
	readonly search: string;
}

/** Views that everybody has. */
export const standardViews: readonly View[] = [
	{ name: 'Cost first', search: '' },
	{ name: 'Failing', search: 'groupBy=none&sort=errorShare&activity=failed' },
	{ name: 'Slowest', search: 'groupBy=none&sort=p95' },
	{ name: 'Near their memory', search: 'groupBy=none&sort=memoryUsedShare' },
	{ name: 'Did not run', search: 'groupBy=none&sort=name&order=asc&activity=idle' },
];

const most = 30;
const keyOf = (ws: string) => `lamplight.views.${ws}`;

/** The views a person saved in this browser. */
export class SavedViews {
	list = $state.raw<readonly View[]>([]);
	readonly #ws: string;

	constructor(ws: string) {
		this.#ws = ws;
		this.list = read(ws);
	}

	save(name: string, search: string): void {
		const rest = this.list.filter((view) => view.name !== name);
		this.#keep([...rest, { name, search }].slice(-most));
	}

	remove(name: string): void {
		this.#keep(this.list.filter((view) => view.name !== name));
	}

	#keep(list: readonly View[]): void {
		this.list = list;
		try {
			localStorage.setItem(keyOf(this.#ws), JSON.stringify(list));
		} catch {
			// Without storage a view lasts as long as the page.
		}
	}
}

function read(ws: string): View[] {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(keyOf(ws)) ?? '[]');
		return Array.isArray(kept) ? kept.filter(isView).slice(-most) : [];
	} catch {
		return [];
	}
}

function isView(value: unknown): value is View {
	const view = value as Partial<View> | null;
	return typeof view?.name === 'string' && typeof view.search === 'string';
}

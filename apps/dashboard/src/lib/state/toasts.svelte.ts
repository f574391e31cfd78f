export interface Toast {
	readonly id: number;
	readonly text: string;
	readonly tone: 'note' | 'bad';
	readonly action: { readonly label: string; run(): void } | null;
}

/** How long a toast stays; one with an undo stays longer. */
const shownMs = 5_000;
const shownWithActionMs = 9_000;
const most = 3;

/** What was just done, said once, with undo where undoing is possible. */
class Toasts {
	list = $state.raw<readonly Toast[]>([]);
	#nextId = 1;

	show(text: string, action: Toast['action'] = null, tone: Toast['tone'] = 'note'): void {
		const id = this.#nextId;
		this.#nextId += 1;
		this.list = [...this.list, { id, text, tone, action }].slice(-most);
		setTimeout(() => this.dismiss(id), action === null ? shownMs : shownWithActionMs);
	}

	failed(text: string): void {
		this.show(text, null, 'bad');
	}

	dismiss(id: number): void {
		this.list = this.list.filter((toast) => toast.id !== id);
	}
}

export const toasts = new Toasts();

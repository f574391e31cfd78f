/** The moment under the pointer, shared by every chart of a page. */
class Cursor {
	atMs = $state.raw<number | null>(null);
	/** The chart the pointer or the keyboard is on: it alone shows the tooltip and speaks. */
	owner = $state.raw<symbol | null>(null);

	move(owner: symbol, atMs: number | null): void {
		this.owner = atMs === null ? null : owner;
		this.atMs = atMs;
	}
}

export const cursor = new Cursor();

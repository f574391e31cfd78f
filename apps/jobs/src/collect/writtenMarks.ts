import type { SlotMarks } from '@lamplight/core/collection/slotChanges';
import { hourMs } from '@lamplight/core/time';

import type { Memory } from '../memory.ts';

interface Batch {
	readonly connection: { readonly id: string };
	readonly region: string;
	readonly batch: string;
	readonly spanMs: number;
	readonly window: { readonly fromMs: number };
}

/** What was written of one slot: whole, and beside it what changed since. */
interface Written {
	readonly whole: SlotMarks;
	readonly late?: string;
}

/** Slots from before a window are forgotten after this: they are not read again. */
const rememberedMs = hourMs;

/** What this worker has written whole of a batch's slots. */
export class WrittenMarks {
	readonly #memory: Memory;
	readonly #key: string;
	readonly #slots: Record<string, Written>;
	readonly #fromMs: number;

	constructor(memory: Memory, { connection, region, batch, spanMs, window }: Batch) {
		this.#memory = memory;
		this.#key = `slots ${connection.id} ${region} ${batch} ${spanMs}`;
		this.#slots = JSON.parse(memory.get(this.#key) ?? '{}') as Record<string, Written>;
		this.#fromMs = window.fromMs - rememberedMs;
	}

	get(slotMs: number): SlotMarks | undefined {
		return this.#slots[slotMs]?.whole;
	}

	set(slotMs: number, whole: SlotMarks): void {
		this.#slots[slotMs] = { whole };
	}

	/** Whether these are what was written last beside a slot. */
	isLate(slotMs: number, mark: string): boolean {
		return this.#slots[slotMs]?.late === mark;
	}

	setLate(slotMs: number, late: string): void {
		const whole = this.#slots[slotMs]?.whole;
		if (whole !== undefined) this.#slots[slotMs] = { whole, late };
	}

	/** Remembers them for the next reading, without what that will not ask for. */
	keep(): void {
		const recent = Object.entries(this.#slots).filter(([slotMs]) => Number(slotMs) >= this.#fromMs);
		this.#memory.set(this.#key, JSON.stringify(Object.fromEntries(recent)));
	}
}

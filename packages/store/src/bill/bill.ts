import type { BillStatement } from '@lamplight/core/bill/day';
import type { Ctx } from '@lamplight/core/ctx';
import type { BillingSourceId } from '@lamplight/core/ids';

/** One reading of a month without its rows. */
export interface StatementHead extends Omit<BillStatement, 'rows'> {
	/** When the same content was last read again. */
	readonly confirmedMs: number;
	readonly rowCount: number;
}

/** What billing sources said, month by month. A restatement follows what was said before; nothing is lost. */
export interface Bill {
	/** Keeps a reading. `changed` is false when the newest one said the same. Keyed by source, month and `readMs`. */
	putStatement(ctx: Ctx, statement: BillStatement): Promise<{ readonly changed: boolean }>;
	/** The newest reading of a month, or the newest at `asOfMs`; `null` when there is none. */
	statement(
		ctx: Ctx,
		billingSourceId: BillingSourceId,
		options: { readonly month: string; readonly asOfMs?: number },
	): Promise<BillStatement | null>;
	/** Every different reading of a month, ascending by time. */
	history(ctx: Ctx, billingSourceId: BillingSourceId, month: string): Promise<StatementHead[]>;
	/** Deletes all that a source said. May be cut short and run again. */
	removeSource(ctx: Ctx, billingSourceId: BillingSourceId): Promise<void>;
	/** Months with a statement, ascending. */
	months(ctx: Ctx, billingSourceId: BillingSourceId): Promise<string[]>;
}

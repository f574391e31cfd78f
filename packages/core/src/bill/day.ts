import * as z from 'zod';

import { billingSourceIdSchema, workspaceIdSchema } from '../ids.ts';
import { billForms, billServices, lineKinds } from './line.ts';

/** Where billed money comes from. One payer serves many connections. */
export const billingSourceSchema = z.object({
	id: billingSourceIdSchema,
	workspaceId: workspaceIdSchema,
	form: z.enum(billForms),
	/** The payer, 12 digits. */
	payerAccountId: z.string().regex(/^\d{12}$/),
	name: z.string().max(120),
	/** The connection whose role reads it; `null` for files that were uploaded. */
	connectionId: z.string().nullable(),
	/** `s3://bucket/prefix` for CUR and FOCUS files in a bucket; `null` otherwise. */
	location: z.string().max(1200).nullable(),
	state: z.enum(['healthy', 'failing', 'paused']),
	/** Why it is failing; `null` otherwise. */
	reason: z.string().max(500).nullable(),
	createdMs: z.number().int(),
	/** `null` before the first. */
	lastReadMs: z.number().int().nullable(),
});
export type BillingSource = z.infer<typeof billingSourceSchema>;

const decimalText = z.string().regex(/^-?\d+(\.\d+)?$/, 'expected a decimal number');

/**
 * The bill of one day for one account, region, usage type and kind, summed over its lines.
 * Amounts are exact decimals as text in `currency`; `null` means that the bill does not say.
 */
export const billDayRowSchema = z.object({
	/** `YYYY-MM-DD`, UTC. */
	day: z.iso.date(),
	accountId: z.string(),
	region: z.string().nullable(),
	service: z.enum(billServices),
	serviceName: z.string(),
	usageType: z.string().nullable(),
	operation: z.string().nullable(),
	kind: z.enum(lineKinds),
	/** `null` when the bill was exported without resources. */
	resourceId: z.string().nullable(),
	quantity: decimalText.nullable(),
	unit: z.string().nullable(),
	currency: z.string().regex(/^[A-Z]{3}$/),
	costs: z.object({
		list: decimalText.nullable(),
		unblended: decimalText.nullable(),
		netUnblended: decimalText.nullable(),
		amortized: decimalText.nullable(),
		netAmortized: decimalText.nullable(),
		contracted: decimalText.nullable(),
	}),
});
export type BillDayRow = z.infer<typeof billDayRowSchema>;

/** One reading of a month's bill. A later reading that differs does not replace it but follows it. */
export interface BillStatement {
	readonly billingSourceId: BillingSource['id'];
	/** `YYYY-MM`. */
	readonly month: string;
	/** When it was first read like this. */
	readonly readMs: number;
	/** True once the bill is final (`Estimated=false`, or an invoice id is set). */
	readonly final: boolean;
	/** Empty until the first invoice id. */
	readonly invoiceIds: readonly string[];
	readonly rows: readonly BillDayRow[];
}

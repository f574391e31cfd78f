import * as z from 'zod';

import { invalidField } from './errors.ts';

/** Ids we make: a prefix that names the kind, then 20 or more characters of base 32. */
const madeId = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9a-z]{20,40}$`));

export const workspaceIdSchema = madeId('ws').brand<'WorkspaceId'>();
export type WorkspaceId = z.infer<typeof workspaceIdSchema>;
export const enrolmentIdSchema = madeId('enr').brand<'EnrolmentId'>();
export type EnrolmentId = z.infer<typeof enrolmentIdSchema>;
export const connectionIdSchema = madeId('con').brand<'ConnectionId'>();
export type ConnectionId = z.infer<typeof connectionIdSchema>;
export const billingSourceIdSchema = madeId('bil').brand<'BillingSourceId'>();
export type BillingSourceId = z.infer<typeof billingSourceIdSchema>;
export const issueIdSchema = madeId('iss').brand<'IssueId'>();
export type IssueId = z.infer<typeof issueIdSchema>;
export const deployIdSchema = madeId('dep').brand<'DeployId'>();
export type DeployId = z.infer<typeof deployIdSchema>;
export const exportIdSchema = madeId('exp').brand<'ExportId'>();
export type ExportId = z.infer<typeof exportIdSchema>;

/** An AWS account: 12 digits, kept as text because of leading zeros. */
export const accountIdSchema = z.string().regex(/^\d{12}$/, 'expected 12 digits');
export type AccountId = z.infer<typeof accountIdSchema>;

/** An AWS region code such as `eu-west-1` or `us-gov-east-1`. */
export const regionSchema = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region code');
export type Region = z.infer<typeof regionSchema>;

/**
 * A function: `account.region.name`. Function names hold letters, digits, `-` and `_` (Lambda API
 * reference, FunctionName, read 2026-11), and those of Lambda@Edge replicas a dot after their home
 * region (`us-east-1.name`); accounts and regions hold none, so the first two dots separate.
 */
export const functionIdSchema = z
	.string()
	.regex(/^\d{12}\.[a-z]{2}(-[a-z]+)+-\d\.[A-Za-z0-9_.-]{1,140}$/, 'expected account.region.name')
	.brand<'FunctionId'>();
export type FunctionId = z.infer<typeof functionIdSchema>;

export interface FunctionParts {
	readonly accountId: AccountId;
	readonly region: Region;
	readonly name: string;
}

/** The id of a function. Throws `invalid_input` when a part cannot be one. */
export function functionId(parts: FunctionParts): FunctionId {
	const text = `${parts.accountId}.${parts.region}.${parts.name}`;
	const parsed = functionIdSchema.safeParse(text);
	if (!parsed.success) throw invalidField('functionId', 'expected account.region.name', text);
	return parsed.data;
}

/** The parts of a function id. */
export function functionParts(id: FunctionId): FunctionParts {
	const [accountId = '', region = '', ...name] = id.split('.');
	return { accountId, region, name: name.join('.') };
}

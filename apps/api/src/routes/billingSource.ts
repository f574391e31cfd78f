import type { BillingSource } from '@lamplight/core/bill/day';
import { parseExportLocation } from '@lamplight/core/bill/exportFiles';
import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { invalidField, LamplightError } from '@lamplight/core/errors';
import { billingSourceIdSchema } from '@lamplight/core/ids';

import type { BillingSourceView } from '../contract/billing.ts';
import { wireSpan } from '../cost/period.ts';
import { connectionOrThrow } from '../customer/account.ts';
import { instant, instantOrNull } from '../fleet/range.ts';
import type { ApiRequest } from '../http/handlers.ts';
import { inPart } from '../http/problem.ts';
import { makeId } from '../session/people.ts';
import { audited } from './audit.ts';
import type { RouteDeps } from './context.ts';

type NewSource = 'POST /v1/w/{ws}/billing-sources';

const maxSources = 50;
const unknownPayer = '000000000000';

const kinds: Readonly<Record<BillingSource['form'], BillingSourceView['kind']>> = {
	'cost-explorer': 'costExplorer',
	'cur-legacy': 'cur',
	'cur-2': 'cur',
	focus: 'focus',
};

/** A billing source as the API shows it: how far it was read, and whether that is final. */
export async function sourceView(
	deps: RouteDeps,
	ctx: Ctx,
	source: BillingSource,
): Promise<BillingSourceView> {
	const months = await deps.store.bill.months(ctx, source.id);
	const newest = months.at(-1);
	const statement =
		newest === undefined
			? null
			: await deps.store.bill.statement(ctx, source.id, { month: newest });
	const days = (statement?.rows ?? []).map(({ day }) => day).sort();
	const [first] = days;
	const last = days.at(-1);
	return {
		id: source.id,
		kind: kinds[source.form],
		name: source.name,
		payerAccountId: source.payerAccountId === unknownPayer ? null : source.payerAccountId,
		connectionId: source.connectionId as BillingSourceView['connectionId'],
		location: source.location,
		state: source.state === 'failing' ? 'failing' : statement === null ? 'waiting' : 'healthy',
		reason: source.reason,
		readAt: instantOrNull(source.lastReadMs ?? statement?.readMs ?? null),
		billed:
			first === undefined || last === undefined ? null : wireSpan({ fromDay: first, toDay: last }),
		provisional: statement === null ? null : !statement.final,
		createdAt: instant(source.createdMs),
	};
}

/** Adds a source that a person asks for. Nothing is read yet. */
export async function addSource(
	deps: RouteDeps,
	{ ctx, body }: ApiRequest<NewSource>,
): Promise<BillingSourceView> {
	if ((await deps.store.billingSources.list(ctx)).length >= maxSources) {
		throw new LamplightError('too_large', 'Remove a billing source before adding another.', {
			details: { limit: 'billingSources', max: maxSources },
		});
	}
	const location = await locationOf(deps, ctx, body);
	const connection =
		body.connectionId === undefined ? null : await connectionOrThrow(deps, ctx, body.connectionId);
	if (connection !== null && !connection.features.includes('costs')) {
		throw invalidField('body.connectionId', 'expected a connection with the feature costs');
	}
	const source: BillingSource = {
		id: billingSourceIdSchema.parse(makeId('bil')),
		workspaceId: ctx.workspaceId,
		form: body.kind === 'costExplorer' ? 'cost-explorer' : body.kind === 'cur' ? 'cur-2' : 'focus',
		payerAccountId:
			(body.kind === 'costExplorer' ? undefined : body.payerAccountId) ??
			connection?.accountId ??
			unknownPayer,
		name: body.name,
		connectionId: connection?.id ?? null,
		location,
		state: 'healthy',
		reason: null,
		createdMs: deps.clock(),
		lastReadMs: null,
	};
	if (connection !== null && location !== null) await grantExport(deps, ctx, connection, location);
	await deps.store.billingSources.create(ctx, source);
	await audited(deps, ctx, {
		action: 'billing.add',
		target: source.name,
		details: { form: source.form },
	});
	return sourceView(deps, ctx, source);
}

/** Where the files lie, as it is kept; `null` for uploads and Cost Explorer. */
async function locationOf(
	deps: RouteDeps,
	ctx: Ctx,
	body: ApiRequest<NewSource>['body'],
): Promise<string | null> {
	if (body.kind === 'costExplorer') return null;
	if ((body.location === undefined) !== (body.connectionId === undefined)) {
		const missing = body.location === undefined ? 'location' : 'connectionId';
		throw invalidField(`body.${missing}`, 'expected location and connectionId together');
	}
	if (body.location === undefined) return null;
	const { location: given } = body;
	const { bucket, prefix } = inPart('body', () => parseExportLocation(given));
	const location = `s3://${bucket}/${prefix}`;
	const sources = await deps.store.billingSources.list(ctx);
	if (sources.some((one) => one.location === location)) {
		throw new LamplightError('conflict', `The files in ${location} are read already.`);
	}
	return location;
}

/** The enrolment's template grants the place from now on; the stack has to be updated with it. */
async function grantExport(
	deps: RouteDeps,
	ctx: Ctx,
	connection: Connection,
	location: string,
): Promise<void> {
	const wanted = parseExportLocation(location);
	const enrolment = await deps.store.enrolments.get(ctx, connection.enrolmentId);
	const held = enrolment?.costExport;
	if (enrolment === null || connection.accountId !== enrolment.accountId) {
		throw invalidField('body.connectionId', 'expected the account that was connected first');
	}
	if (held === undefined) {
		await deps.store.enrolments.update(ctx, enrolment.id, (current) => ({
			...current,
			costExport: wanted,
		}));
	} else if (held.bucket !== wanted.bucket || !wanted.prefix.startsWith(held.prefix)) {
		throw invalidField(
			'body.location',
			`expected a place in s3://${held.bucket}/${held.prefix}, which the role may read`,
			location,
		);
	}
}

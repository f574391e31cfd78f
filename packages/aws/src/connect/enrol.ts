import type { ExportLocation } from '@lamplight/core/bill/exportFiles';
import type { Connection, Enrolment, Feature } from '@lamplight/core/connection/connection';
import { base32, externalIdFrom, quickCreateLink } from '@lamplight/core/connection/link';
import { memberFeatures, organizationTemplate } from '@lamplight/core/connection/organization';
import { completeFeatures } from '@lamplight/core/connection/permissions';
import { defaultLogGroupPatterns } from '@lamplight/core/connection/policy';
import {
	type CloudFormationTemplate,
	connectRoleName,
	connectTemplate,
} from '@lamplight/core/connection/template';
import { terraformText } from '@lamplight/core/connection/terraform';
import {
	type AccountId,
	connectionIdSchema,
	enrolmentIdSchema,
	type Region,
	type WorkspaceId,
} from '@lamplight/core/ids';

import type { ConnectDeps } from './deps.ts';

export interface EnrolmentRequest {
	readonly workspaceId: WorkspaceId;
	readonly kind: Enrolment['kind'];
	/** Asked first; for an organisation its management account. */
	readonly accountId: AccountId;
	readonly features: readonly Feature[];
	/** Default: `/aws/lambda/*`. */
	readonly logGroupPatterns?: readonly string[];
	/** Empty: every enabled region. */
	readonly regions?: readonly Region[];
	/** For an organisation: roots or organisational units. */
	readonly organizationalUnitIds?: readonly string[];
	/** Where the bill is exported to. */
	readonly costExport?: ExportLocation;
	readonly watchBudgetUsdPerMonth?: number;
	readonly backfillBudgetUsd?: number;
	/** User id of who asks. */
	readonly createdBy: string;
}

/** What a person needs to create the role. */
export interface ConnectInstructions {
	/** `null` where no template is published. */
	readonly quickCreateLink: string | null;
	readonly template: CloudFormationTemplate;
	readonly terraform: string;
}

// 02-architecture: a budget per connection, $5 a month by default, $1 for the backfill.
const defaultWatchBudgetUsdPerMonth = 5;
const defaultBackfillBudgetUsd = 1;
const idBytes = 15;

/**
 * Makes an enrolment with an external id of its own, and the connection of the account asked for.
 * Nothing is called in AWS yet; the connection waits for its role.
 */
export function beginEnrolment(
	deps: Pick<ConnectDeps, 'clock' | 'randomBytes'>,
	request: EnrolmentRequest,
): { readonly enrolment: Enrolment; readonly connection: Connection } {
	const nowMs = deps.clock();
	const enrolment: Enrolment = {
		id: enrolmentIdSchema.parse(`enr_${base32(deps.randomBytes(idBytes))}`),
		workspaceId: request.workspaceId,
		kind: request.kind,
		accountId: request.accountId,
		externalId: externalIdFrom(deps.randomBytes(20)),
		features: completeFeatures(request.features),
		logGroupPatterns: [...(request.logGroupPatterns ?? defaultLogGroupPatterns)],
		regions: [...(request.regions ?? [])],
		...(request.costExport === undefined ? {} : { costExport: request.costExport }),
		createdMs: nowMs,
		createdBy: request.createdBy,
	};
	const connection = connectionOf(deps, enrolment, {
		accountId: request.accountId,
		accountName: null,
		watchBudgetUsdPerMonth: request.watchBudgetUsdPerMonth ?? defaultWatchBudgetUsdPerMonth,
		backfillBudgetUsd: request.backfillBudgetUsd ?? defaultBackfillBudgetUsd,
	});
	return { enrolment, connection };
}

export interface ConnectionRequest {
	readonly accountId: AccountId;
	readonly accountName: string | null;
	readonly watchBudgetUsdPerMonth: number;
	readonly backfillBudgetUsd: number;
}

/** A connection of an enrolment that waits for its role, or for nothing when it is a profile's. */
export function connectionOf(
	deps: Pick<ConnectDeps, 'clock' | 'randomBytes'>,
	enrolment: Enrolment,
	request: ConnectionRequest,
): Connection {
	return {
		id: connectionIdSchema.parse(`con_${base32(deps.randomBytes(idBytes))}`),
		workspaceId: enrolment.workspaceId,
		enrolmentId: enrolment.id,
		...request,
		roleArn:
			enrolment.kind === 'profile'
				? null
				: `arn:aws:iam::${request.accountId}:role/${connectRoleName}`,
		regions: enrolment.regions,
		features: isMember(enrolment, request)
			? memberFeatures(enrolment.features)
			: enrolment.features,
		state: 'waiting',
		reason: 'Waiting for the role to be created.',
		checks: [],
		createdMs: deps.clock(),
		verifiedMs: null,
		lastCollectedMs: null,
	};
}

function isMember(enrolment: Enrolment, { accountId }: ConnectionRequest): boolean {
	return enrolment.kind === 'organization' && accountId !== enrolment.accountId;
}

/** The link, the template and the Terraform text that create the enrolment's role. */
export function connectInstructions(
	deps: Omit<ConnectDeps, 'aws' | 'clock' | 'randomBytes'>,
	enrolment: Enrolment,
	organizationalUnitIds: readonly string[] = [],
): ConnectInstructions {
	const { externalId, features, logGroupPatterns, costExport } = enrolment;
	const { trustedAccountId, trustedRoleNames } = deps;
	const chosen = {
		externalId,
		features,
		logGroupPatterns,
		...(costExport === undefined ? {} : { costExport }),
	};
	const options = { ...chosen, trustedAccountId, trustedRoleNames };
	return {
		quickCreateLink:
			deps.templateUrl === null
				? null
				: quickCreateLink({
						region: deps.linkRegion,
						templateUrl: deps.templateUrl,
						...chosen,
					}),
		template:
			enrolment.kind === 'organization'
				? organizationTemplate({ ...options, organizationalUnitIds })
				: connectTemplate(options),
		terraform: terraformText(options),
	};
}

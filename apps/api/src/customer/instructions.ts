import { connectInstructions } from '@lamplight/aws/connect/enrol';
import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import { connectRoleName, connectStackName } from '@lamplight/core/connection/template';

import type { EnrolmentView } from '../contract/enrolments.ts';
import type { ApiDeps } from '../deps.ts';
import { instant } from '../fleet/range.ts';

/** The connect template of an enrolment, as the text that CloudFormation takes. */
export function templateText(
	{ connect }: Pick<ApiDeps, 'connect'>,
	enrolment: Enrolment,
	organizationalUnitIds: readonly string[] = [],
): string {
	const { template } = connectInstructions(connect, enrolment, organizationalUnitIds);
	return JSON.stringify(template, null, '\t');
}

/** An enrolment with what a person needs to create its role, and how far its connections are. */
export function enrolmentView(
	{ connect }: Pick<ApiDeps, 'connect'>,
	enrolment: Enrolment,
	connections: readonly Connection[],
): EnrolmentView {
	const { quickCreateLink, terraform } = connectInstructions(connect, enrolment);
	return {
		id: enrolment.id,
		kind: enrolment.kind,
		accountId: enrolment.accountId,
		externalId: enrolment.externalId,
		features: enrolment.features,
		regions: enrolment.regions,
		logGroupPatterns: enrolment.logGroupPatterns,
		createdAt: instant(enrolment.createdMs),
		createdBy: enrolment.createdBy,
		roleName: connectRoleName,
		templatePath: `/v1/w/${enrolment.workspaceId}/enrolments/${enrolment.id}/template`,
		launchUrl: quickCreateLink,
		cliCommand: [
			'aws cloudformation deploy',
			`--stack-name ${connectStackName}`,
			'--template-file lamplight-connect.json',
			`--parameter-overrides ExternalId=${enrolment.externalId}`,
			'--capabilities CAPABILITY_NAMED_IAM',
		].join(' '),
		terraform,
		connections: connections
			.filter(({ enrolmentId }) => enrolmentId === enrolment.id)
			.map(({ id, accountId, accountName, state, reason }) => ({
				connectionId: id,
				accountId,
				accountName,
				state,
				reason,
			})),
	};
}

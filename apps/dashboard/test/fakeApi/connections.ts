import type {
	ConnectionPage,
	ConnectionRow,
	ConnectionsPage,
} from '@lamplight/api/contract/connections';
import type { EnrolmentView } from '@lamplight/api/contract/enrolments';

import { daily, dayMs, hourMs, iso, money, nowMs } from './figures.ts';
import type { Handlers } from './handler.ts';
import { connectionId, troubled } from './overview.ts';

export const enrolmentId = 'enr_00000000000000000001' as EnrolmentView['id'];
const accountId = troubled.accountId;
const regions = ['eu-west-1', 'us-east-1'] as ConnectionRow['regions'];

/** Its past is read to the end: pages do not speak of it. */
const row: ConnectionRow = {
	id: connectionId,
	enrolmentId,
	accountId,
	accountName: null,
	roleArn: `arn:aws:iam::${accountId}:role/lamplight-reader`,
	regions,
	features: ['inventory', 'metrics', 'logs'],
	functions: 1_200,
	state: 'degraded',
	reason: troubled.reason,
	since: troubled.since,
	completeShare: 0.9981,
	delayP95Ms: 156_000,
	lastCollectedAt: iso(nowMs - 120_000),
	readsEveryMs: 300_000,
	slowedFromMs: null,
	exhausted: false,
	watchMonthToDate: money(21.72),
	watchBudgetUsdPerMonth: '38',
	watchUsedShare: 0.57,
	backfill: null,
	createdAt: iso(nowMs - 60 * dayMs),
	verifiedAt: iso(nowMs - hourMs),
};

const call: ConnectionsPage['calls'][number] = {
	call: 'cloudwatch:GetMetricData',
	requests: 4_200,
	quantity: '1924000',
	unit: 'metrics',
	rate: '0.00001',
	rateSource: 'https://aws.amazon.com/cloudwatch/pricing/',
	cost: money(19.24),
};

const connectionPage: ConnectionPage = {
	connection: row,
	checks: [
		{
			feature: 'logs',
			action: 'logs:FilterLogEvents',
			outcome: 'denied',
			without: 'no log lines and no measured cost',
			checkedAt: iso(nowMs - hourMs),
		},
	],
	fix: [{ effect: 'Allow', action: ['logs:FilterLogEvents'], resource: ['*'] }],
	calls: [call],
	completeness: daily(2, 48, hourMs, 1).map((_, index) => ({
		hour: iso(nowMs - (48 - index) * hourMs),
		complete: 1,
		provisional: 0,
		partial: 0,
		missing: 0,
	})),
	residuals: [],
	runs: [],
};

const enrolment: EnrolmentView = {
	id: enrolmentId,
	kind: 'account',
	accountId,
	externalId: 'lamplight-4f0c1d2',
	features: ['inventory', 'metrics', 'logs'],
	regions,
	logGroupPatterns: ['/aws/lambda/*'],
	createdAt: iso(nowMs - hourMs),
	createdBy: 'Mira',
	roleName: 'lamplight-reader',
	templatePath: `/v1/enrolments/${enrolmentId}/template`,
	launchUrl: null,
	cliCommand: 'aws cloudformation deploy --stack-name lamplight',
	terraform: 'resource "aws_iam_role" "lamplight" {}',
	connections: [
		{ connectionId, accountId, accountName: null, state: 'degraded', reason: troubled.reason },
	],
};

export const connectionHandlers: Handlers = {
	'GET /v1/w/{ws}/connections': () => ({
		rows: [row],
		waiting: [],
		totals: {
			connections: 3,
			needYou: 1,
			functions: 1_200,
			completeShare: 0.9981,
			delayP95Ms: 156_000,
			watchMonthToDate: money(21.72),
			watchForecast: null,
			watchCapUsdPerMonth: '38',
		},
		calls: [call],
		watchDays: [],
		limits: [],
	}),
	'GET /v1/w/{ws}/connections/{connectionId}': () => connectionPage,
	'GET /v1/w/{ws}/enrolments/estimate': ({ query }) => ({
		perMonth: money(query.getAll('features').includes('costs') ? 4.35 : 2.1, 'estimated'),
		backfill: money(1.2, 'estimated'),
		lines: [],
		adds: [
			{ feature: 'logs', perMonth: money(-6.5, 'estimated') },
			{ feature: 'deploys', perMonth: money(0, 'estimated') },
			{ feature: 'costs', perMonth: money(2.25, 'estimated') },
		],
		assumptions: ['Every function runs at least once an hour.'],
	}),
	'GET /v1/w/{ws}/enrolments/{enrolmentId}': () => enrolment,
	'GET /v1/w/{ws}/billing-sources': () => ({ sources: [] }),
};

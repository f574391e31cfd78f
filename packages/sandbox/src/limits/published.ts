/** Calls per second that AWS allows, and who shares them. */
export interface PublishedRate {
	/** Operations of one bucket share the rate. */
	readonly bucket: string;
	readonly perSecond: number;
}

// Amazon CloudWatch Logs quotas, "FilterLogEvents", AWS documentation of 2026-04.
const filterLogEventsSlow = [
	'eu-central-1',
	'ap-northeast-3',
	'ap-southeast-3',
	'ca-west-1',
	'il-central-1',
];

// The same page, "GetLogEvents".
const getLogEventsSlow = [
	'us-west-2',
	'eu-west-1',
	'eu-central-1',
	'ap-northeast-3',
	'ap-southeast-3',
	'ca-west-1',
	'il-central-1',
];

function filterLogEvents(region: string): number {
	if (region === 'us-east-1') return 25;
	return filterLogEventsSlow.includes(region) ? 5 : 10;
}

function getLogEvents(region: string): number {
	if (region === 'eu-west-3') return 30;
	return getLogEventsSlow.includes(region) ? 10 : 25;
}

const fixed = (perSecond: number) => () => perSecond;

/** By signing name and operation; `*` stands for the operations of a service not named. */
const rates: Readonly<Record<string, Readonly<Record<string, (region: string) => number>>>> = {
	// CloudWatch service quotas, AWS documentation of 2026-04: 500 GetMetricData (L-5E141212),
	// 400 GetMetricStatistics, 25 ListMetrics.
	monitoring: {
		GetMetricData: fixed(500),
		GetMetricStatistics: fixed(400),
		ListMetrics: fixed(25),
	},
	// CloudWatch Logs quotas, AWS documentation of 2026-04.
	logs: {
		FilterLogEvents: filterLogEvents,
		GetLogEvents: getLogEvents,
		DescribeLogGroups: fixed(10),
		DescribeLogStreams: fixed(25),
		StartQuery: fixed(10),
		GetQueryResults: fixed(10),
	},
	// Lambda quotas, "Lambda API requests", AWS documentation of autumn 2026: 100 GetFunction,
	// 15 GetPolicy, 15 for all other control-plane operations together.
	lambda: { GetFunction: fixed(100), GetPolicy: fixed(15), '*': fixed(15) },
	// STS quotas: 600 requests a second per account and region, shared by its operations; read 2026-11.
	sts: { '*': fixed(600) },
	// Account Management publishes no rate; ListRegions is asked once a day. Ours, to be safe.
	account: { '*': fixed(5) },
	// EC2 request throttling, non-mutating actions: a bucket of 100, refilled by 20 a second; read 2026-11.
	ec2: { '*': fixed(20) },
};

/** The published rate of an operation, or `null` where AWS publishes none (Cost Explorer, tagging). */
export function publishedRate(
	service: string,
	operation: string,
	region: string,
): PublishedRate | null {
	const ofService = rates[service];
	const own = ofService?.[operation];
	if (own !== undefined) return { bucket: operation, perSecond: own(region) };
	const shared = ofService?.['*'];
	return shared === undefined ? null : { bucket: '*', perSecond: shared(region) };
}

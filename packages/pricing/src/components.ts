import * as z from 'zod';

/** Everything a Lambda fleet is charged for that we price. One component, one unit, one price row per tier. */
export const components = [
	'requests',
	'duration',
	'init',
	'provisioned-concurrency',
	'provisioned-duration',
	'ephemeral-storage',
	'response-streaming',
	'snapstart-cache',
	'snapstart-restore',
	'tenant-isolation',
	'durable-operations',
	'durable-data-written',
	'durable-data-retained',
	'event-poller-kafka',
	'event-poller-sqs',
	'managed-instances-requests',
	'managed-instances-fee',
	'edge-requests',
	'edge-duration',
	'log-ingestion-standard',
	'log-ingestion-infrequent',
	'log-ingestion-delivery',
	'log-storage',
	'xray-recorded',
	'xray-retrieved',
] as const;
export const componentSchema = z.enum(components);
export type Component = z.infer<typeof componentSchema>;

/** What a usage quantity counts (whole numbers) and what a price is per. */
export interface ComponentInfo {
	readonly label: string;
	/** The unit of a usage quantity, always counted in whole numbers. */
	readonly baseUnit: string;
	/** The unit that the price list prices. */
	readonly pricedUnit: string;
	/** Base units in one priced unit; `null` where the length of the month decides (GB-months from byte-hours). */
	readonly basePerPriced: bigint | null;
	/** True where x86_64 and arm64 have prices of their own. */
	readonly byArchitecture: boolean;
	/** The component whose price rows, tiers and free tier it shares: its own, but for init. */
	readonly pricedAs: Component;
}

const mibMsPerGbSecond = 1024n * 1000n;
const bytesPerGb = 1024n ** 3n;

function counted(label: string, unit: string, pricedAs: Component): ComponentInfo {
	const byArchitecture = pricedAs === 'requests';
	return { label, baseUnit: unit, pricedUnit: unit, basePerPriced: 1n, byArchitecture, pricedAs };
}

function gbSeconds(label: string, pricedAs: Component): ComponentInfo {
	return {
		label,
		baseUnit: 'MiB-ms',
		pricedUnit: 'GB-second',
		basePerPriced: mibMsPerGbSecond,
		byArchitecture: pricedAs !== 'edge-duration' && pricedAs !== 'snapstart-cache',
		pricedAs,
	};
}

function gigabytes(label: string, pricedAs: Component): ComponentInfo {
	return {
		label,
		baseUnit: 'byte',
		pricedUnit: 'GB',
		basePerPriced: bytesPerGb,
		byArchitecture: false,
		pricedAs,
	};
}

function memoryGb(label: string, pricedAs: Component): ComponentInfo {
	return {
		label,
		baseUnit: 'MiB',
		pricedUnit: 'GB',
		basePerPriced: 1024n,
		byArchitecture: pricedAs === 'tenant-isolation',
		pricedAs,
	};
}

function gbMonths(label: string, pricedAs: Component): ComponentInfo {
	return {
		label,
		baseUnit: 'byte-hour',
		pricedUnit: 'GB-month',
		basePerPriced: null,
		byArchitecture: false,
		pricedAs,
	};
}

function pollerHours(label: string, pricedAs: Component): ComponentInfo {
	return {
		label,
		baseUnit: 'event-poller-unit second',
		pricedUnit: 'event-poller-unit hour',
		basePerPriced: 3600n,
		byArchitecture: false,
		pricedAs,
	};
}

/** Label and units of every component. */
export const componentInfo: Readonly<Record<Component, ComponentInfo>> = {
	requests: counted('Requests', 'request', 'requests'),
	duration: gbSeconds('Duration', 'duration'),
	init: gbSeconds('Init phase', 'duration'),
	'provisioned-concurrency': gbSeconds('Provisioned concurrency', 'provisioned-concurrency'),
	'provisioned-duration': gbSeconds('Duration on provisioned concurrency', 'provisioned-duration'),
	'ephemeral-storage': gbSeconds('Ephemeral storage over 512 MB', 'ephemeral-storage'),
	'response-streaming': gigabytes('Response streaming over 6 MB', 'response-streaming'),
	'snapstart-cache': gbSeconds('SnapStart cache', 'snapstart-cache'),
	'snapstart-restore': memoryGb('SnapStart restore', 'snapstart-restore'),
	'tenant-isolation': memoryGb('Tenant isolation, new environments', 'tenant-isolation'),
	'durable-operations': counted('Durable operations', 'operation', 'durable-operations'),
	'durable-data-written': gigabytes('Durable data written', 'durable-data-written'),
	'durable-data-retained': gbMonths('Durable data retained', 'durable-data-retained'),
	'event-poller-kafka': pollerHours('Event pollers, Kafka', 'event-poller-kafka'),
	'event-poller-sqs': pollerHours('Event pollers, SQS', 'event-poller-sqs'),
	'managed-instances-requests': counted(
		'Managed Instances requests',
		'request',
		'managed-instances-requests',
	),
	'managed-instances-fee': {
		label: 'Managed Instances management fee',
		baseUnit: '10^-10 USD of EC2 on-demand price',
		pricedUnit: 'USD of EC2 on-demand price',
		basePerPriced: 10n ** 10n,
		byArchitecture: false,
		pricedAs: 'managed-instances-fee',
	},
	'edge-requests': counted('Lambda@Edge requests', 'request', 'edge-requests'),
	'edge-duration': gbSeconds('Lambda@Edge duration', 'edge-duration'),
	'log-ingestion-standard': gigabytes('Log ingestion, Standard', 'log-ingestion-standard'),
	'log-ingestion-infrequent': gigabytes(
		'Log ingestion, Infrequent Access',
		'log-ingestion-infrequent',
	),
	'log-ingestion-delivery': gigabytes('Log delivery to S3 or Firehose', 'log-ingestion-delivery'),
	'log-storage': gbMonths('Log storage', 'log-storage'),
	'xray-recorded': counted('X-Ray traces recorded', 'trace', 'xray-recorded'),
	'xray-retrieved': counted('X-Ray traces retrieved or scanned', 'trace', 'xray-retrieved'),
};

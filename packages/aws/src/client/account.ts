import { AccountClient } from '@aws-sdk/client-account';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { S3Client } from '@aws-sdk/client-s3';
import type { AwsCredentialIdentityProvider, MiddlewareStack } from '@smithy/types';
import type { NodeHttpHandler } from '@smithy/node-http-handler';

import type { Feature } from '@lamplight/core/connection/connection';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';

import type { CredentialCache } from '../credentials.ts';
import type { RateLimits } from '../limits/rateLimits.ts';
import type { Meter } from '../meter/meter.ts';
import type { AccountTarget } from '../target.ts';
import { observeCalls } from './middleware.ts';

/** The clients of one connected account. Each call is rate-limited, counted and priced. */
export interface AccountAws {
	readonly target: AccountTarget;
	readonly meter: Meter;
	cloudwatch(region: string): CloudWatchClient;
	/** `insights` gets a session that may start queries, `logs` one that may read groups. */
	logs(region: string, feature?: 'logs' | 'insights'): CloudWatchLogsClient;
	lambda(region: string): LambdaClient;
	tagging(region: string): ResourceGroupsTaggingAPIClient;
	account(): AccountClient;
	cloudtrail(region: string): CloudTrailClient;
	costExplorer(): CostExplorerClient;
	organizations(): OrganizationsClient;
	s3(region: string): S3Client;
	/**
	 * Ends the work: no further call is sent, those under way are waited for, and what all of them used is
	 * returned. Frees the clients; the shared connections stay open.
	 */
	end(): Promise<WatchUsage[]>;
}

export interface AccountOptions {
	readonly credentials: CredentialCache;
	readonly limits: RateLimits;
	readonly requestHandler: NodeHttpHandler;
}

interface ObservedClient {
	/** Typed per client by the SDK; the observer looks at no client's own input or output. */
	readonly middlewareStack: unknown;
	readonly config: { readonly credentials: AwsCredentialIdentityProvider };
}

interface ClientOptions {
	readonly region: string;
	readonly credentials: AwsCredentialIdentityProvider;
	readonly requestHandler: NodeHttpHandler;
	readonly retryMode: 'standard';
	readonly maxAttempts: number;
}

// Each attempt waits its turn in the rate limits, so retries never become a burst.
const maxAttempts = 6;
// Cost Explorer, Organizations and CloudTrail's account-wide reads answer in us-east-1 only.
const globalRegion = 'us-east-1';

interface ClientUse {
	readonly iamPrefix: string;
	readonly region: string;
	readonly feature: Feature;
}

/** Makes each client when it is first asked for, with the observer on its calls, and keeps it. */
function clientShelf(target: AccountTarget, meter: Meter, options: AccountOptions) {
	const { credentials, limits, requestHandler } = options;
	const clients = new Map<string, ObservedClient>();
	function client<C extends ObservedClient>(
		make: (config: ClientOptions) => C,
		{ iamPrefix, region, feature }: ClientUse,
	): C {
		const key = `${iamPrefix} ${region} ${feature}`;
		const held = clients.get(key);
		if (held !== undefined) return held as C;
		const made = make({
			region,
			credentials: () => credentials.get(target, feature),
			requestHandler,
			retryMode: 'standard',
			maxAttempts,
		});
		const renew = async () => {
			credentials.forget(target, feature);
			await made.config.credentials({ forceRefresh: true });
		};
		const observer = { iamPrefix, region, accountId: target.accountId, limits, meter, renew };
		(made.middlewareStack as MiddlewareStack<object, object>).use(observeCalls(observer));
		clients.set(key, made);
		return made;
	}
	return { client, clear: () => clients.clear() };
}

/** The clients of one account, made when first asked for. */
export function openAccount(
	target: AccountTarget,
	meter: Meter,
	options: AccountOptions,
): AccountAws {
	const { client, clear } = clientShelf(target, meter, options);
	return {
		target,
		meter,
		cloudwatch: (region) =>
			client((config) => new CloudWatchClient(config), {
				iamPrefix: 'cloudwatch',
				region,
				feature: 'metrics',
			}),
		logs: (region, feature = 'logs') =>
			client((config) => new CloudWatchLogsClient(config), { iamPrefix: 'logs', region, feature }),
		lambda: (region) =>
			client((config) => new LambdaClient(config), {
				iamPrefix: 'lambda',
				region,
				feature: 'inventory',
			}),
		tagging: (region) =>
			client((config) => new ResourceGroupsTaggingAPIClient(config), {
				iamPrefix: 'tag',
				region,
				feature: 'inventory',
			}),
		account: () =>
			client((config) => new AccountClient(config), {
				iamPrefix: 'account',
				region: globalRegion,
				feature: 'inventory',
			}),
		cloudtrail: (region) =>
			client((config) => new CloudTrailClient(config), {
				iamPrefix: 'cloudtrail',
				region,
				feature: 'deploys',
			}),
		costExplorer: () =>
			client((config) => new CostExplorerClient(config), {
				iamPrefix: 'ce',
				region: globalRegion,
				feature: 'costs',
			}),
		organizations: () =>
			client((config) => new OrganizationsClient(config), {
				iamPrefix: 'organizations',
				region: globalRegion,
				feature: 'organization',
			}),
		s3: (region) =>
			// A bucket may lie in any region, which only S3 itself tells.
			client((config) => new S3Client({ ...config, followRegionRedirects: true }), {
				iamPrefix: 's3',
				region,
				feature: 'costs',
			}),
		async end() {
			const usages = await meter.end();
			// The handler is shared: destroying a client would close the others' connections.
			clear();
			return usages;
		},
	};
}

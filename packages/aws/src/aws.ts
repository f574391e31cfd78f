import { setTimeout as pause } from 'node:timers/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentityProvider } from '@smithy/types';

import type { Clock } from '@lamplight/core/ctx';

import { type AccountAws, openAccount } from './client/account.ts';
import { createCredentialCache } from './credentials.ts';
import { createRateLimits, type RateLimits } from './limits/rateLimits.ts';
import { createMeter } from './meter/meter.ts';
import type { AccountTarget } from './target.ts';

/** The way into customers' accounts: one per process. */
export interface Aws {
	/** The clients of one account, with a meter of their own. */
	open(target: AccountTarget): AccountAws;
	readonly limits: RateLimits;
	/** For the connect flow, which tries roles before a connection exists. */
	readonly sts: STSClient;
	readonly sessionName: string;
	close(): void;
}

export interface AwsOptions {
	/** The data's time, by which usage is dated; the real time outside of tests. */
	readonly clock: Clock;
	/** Real time: sessions and rates. */
	readonly wallClock: Clock;
	/** Where our own STS is asked, such as the region that we run in. */
	readonly region: string;
	/** Our own keys; the SDK's default chain when left out. */
	readonly own?: AwsCredentialIdentityProvider;
	readonly profile?: string;
	readonly sessionName?: string;
	/** Share of AWS's published rates to use; 0.3 when left out. */
	readonly rateShare?: number;
	/** A longer queue for a turn at those rates is refused with `aws_throttled`; any is waited for when left out. */
	readonly longestWaitMs?: number;
	/** How turns at those rates are waited for; by `wallClock`'s real time when left out. */
	readonly sleep?: (ms: number) => Promise<void>;
	/** Connections to AWS at once; 64 when left out. */
	readonly maxSockets?: number;
}

const connectTimeoutMs = 5_000;
// Cost Explorer takes its time; everything else answers within a few seconds.
const requestTimeoutMs = 60_000;

/** Opens the way into customers' accounts. Endpoints come from the SDK's own environment. */
export function createAws(options: AwsOptions): Aws {
	const maxSockets = options.maxSockets ?? 64;
	const agent = { keepAlive: true, maxSockets };
	const requestHandler = new NodeHttpHandler({
		connectionTimeout: connectTimeoutMs,
		requestTimeout: requestTimeoutMs,
		throwOnRequestTimeout: true,
		httpAgent: new HttpAgent(agent),
		httpsAgent: new HttpsAgent(agent),
		// Waiting for a socket is our own rate limit at work, not a fault worth a warning.
		socketAcquisitionWarningTimeout: requestTimeoutMs,
	});
	const own =
		options.own ??
		fromNodeProviderChain(options.profile === undefined ? {} : { profile: options.profile });
	const sts = new STSClient({
		region: options.region,
		credentials: own,
		requestHandler,
		maxAttempts: 4,
	});
	const sessionName = options.sessionName ?? 'lamplight';
	const { wallClock, clock } = options;
	const limits = createRateLimits({
		wallClock,
		sleep: options.sleep ?? ((ms) => pause(ms)),
		...(options.rateShare === undefined ? {} : { share: options.rateShare }),
		...(options.longestWaitMs === undefined ? {} : { longestWaitMs: options.longestWaitMs }),
	});
	const credentials = createCredentialCache({ wallClock, own, sts, sessionName });
	return {
		open: (target) =>
			openAccount(target, createMeter(target.connectionId, clock), {
				credentials,
				limits,
				requestHandler,
			}),
		limits,
		sts,
		sessionName,
		close: () => requestHandler.destroy(),
	};
}

import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';

import type { Feature } from '@lamplight/core/connection/connection';
import { sessionPolicy } from '@lamplight/core/connection/policy';
import { maxSessionSeconds } from '@lamplight/core/connection/template';
import type { Clock } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';

import { translateError } from './errors.ts';
import type { AccountTarget } from './target.ts';

/** Credentials of connected accounts: in memory only, one session per kind of call, never logged. */
export interface CredentialCache {
	/** Keys for one account, narrowed to what the feature calls. Throws `aws_access_denied` when refused. */
	get(target: AccountTarget, feature: Feature): Promise<AwsCredentialIdentity>;
	/** Forgets a session, as when AWS says that it expired. */
	forget(target: AccountTarget, feature: Feature): void;
}

export interface CredentialOptions {
	/** Real time: sessions expire by it, whatever the data's clock says. */
	readonly wallClock: Clock;
	/** Keys of our own role, or of a local profile. */
	readonly own: AwsCredentialIdentityProvider;
	readonly sts: STSClient;
	/** Shown in the customer's CloudTrail beside every call. */
	readonly sessionName: string;
}

/** Sessions are renewed this long before they end, so that no call starts with a dying key. */
const refreshBeforeMs = 5 * 60_000;
/** One worker serves many connections; the oldest sessions are dropped first. */
const maxSessions = 2000;

interface Session {
	readonly identity: Promise<AwsCredentialIdentity>;
	/** `null` while it is being made. */
	expiresMs: number | null;
}

export function createCredentialCache(options: CredentialOptions): CredentialCache {
	const sessions = new Map<string, Session>();
	// What narrows a session is part of its key: a changed pattern asks for another one at once.
	const keyOf = (target: AccountTarget, feature: Feature) => {
		const { roleArn, externalId, logGroupPatterns, costExport } = target;
		return JSON.stringify([roleArn, externalId, feature, logGroupPatterns, costExport]);
	};
	return {
		async get(target, feature) {
			if (target.roleArn === null) return options.own();
			const key = keyOf(target, feature);
			const held = sessions.get(key);
			const due = options.wallClock() + refreshBeforeMs;
			if (held !== undefined && (held.expiresMs === null || held.expiresMs > due)) {
				return held.identity;
			}
			const session: Session = { identity: assume(options, target, feature), expiresMs: null };
			sessions.delete(key);
			sessions.set(key, session);
			const [oldest] = sessions.keys();
			if (sessions.size > maxSessions && oldest !== undefined) sessions.delete(oldest);
			try {
				const identity = await session.identity;
				session.expiresMs = identity.expiration?.getTime() ?? 0;
				return identity;
			} catch (error) {
				if (sessions.get(key) === session) sessions.delete(key);
				throw error;
			}
		},
		forget(target, feature) {
			sessions.delete(keyOf(target, feature));
		},
	};
}

async function assume(
	options: CredentialOptions,
	target: AccountTarget,
	feature: Feature,
): Promise<AwsCredentialIdentity> {
	return assumeRole(options, {
		roleArn: target.roleArn ?? '',
		externalId: target.externalId,
		policy: sessionPolicy(feature, {
			accountId: target.accountId,
			logGroupPatterns: target.logGroupPatterns,
			...(target.costExport === undefined ? {} : { costExport: target.costExport }),
		}),
	});
}

/** One AssumeRole. Without an external id it proves whether the role asks for one. */
export async function assumeRole(
	options: Pick<CredentialOptions, 'sts' | 'sessionName'>,
	request: {
		readonly roleArn: string;
		readonly externalId: string | null;
		readonly policy?: string;
	},
): Promise<AwsCredentialIdentity> {
	try {
		const { Credentials: keys } = await options.sts.send(
			new AssumeRoleCommand({
				RoleArn: request.roleArn,
				RoleSessionName: options.sessionName,
				DurationSeconds: maxSessionSeconds,
				...(request.externalId === null ? {} : { ExternalId: request.externalId }),
				...(request.policy === undefined ? {} : { Policy: request.policy }),
			}),
		);
		if (keys?.AccessKeyId === undefined || keys.SecretAccessKey === undefined) {
			throw new LamplightError('aws_refused', 'sts:AssumeRole answered without credentials');
		}
		return {
			accessKeyId: keys.AccessKeyId,
			secretAccessKey: keys.SecretAccessKey,
			...(keys.SessionToken === undefined ? {} : { sessionToken: keys.SessionToken }),
			...(keys.Expiration === undefined ? {} : { expiration: keys.Expiration }),
		};
	} catch (error) {
		throw translateError(error, { action: 'sts:AssumeRole', region: 'global' });
	}
}

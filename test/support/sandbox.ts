import { AssumeRoleCommand, STSClient, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';

import { features } from '@lamplight/core/connection/connection';
import { connectTemplate } from '@lamplight/core/connection/template';
import type { Credentials, Sandbox, SandboxOptions } from '@lamplight/sandbox/sandbox';
import { startSandbox } from '@lamplight/sandbox/start';

/** The role of ours that the connect templates of these tests trust. */
export const jobsRole = 'lamplight-jobs';
export const externalId = 'test-external-id-0123456789';

/** A Monday at noon UTC: the same world in every run. */
export const sandboxNowMs = Date.UTC(2026, 10, 23, 12);

/** A sandbox at a fixed time whose clock stands still. */
export function fixedSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	return startSandbox({ functions: 60, nowMs: sandboxNowMs, speed: 0, ...options });
}

/** Settings of an SDK client for the sandbox; one attempt, so that a test sees the first answer. */
export function clientConfig(sandbox: Sandbox, credentials: Credentials, region = 'eu-west-1') {
	return { endpoint: sandbox.endpoint, region, credentials, maxAttempts: 1 };
}

/** Creates the product's own connect role, with every feature, in an account. Returns its ARN. */
export function connectAccount(sandbox: Sandbox, accountId: string): string {
	const template = connectTemplate({
		features: [...features],
		trustedAccountId: sandbox.hubAccountId,
		trustedRoleNames: [jobsRole],
	});
	const [arn] = sandbox.createStack({
		accountId,
		template,
		parameters: { ExternalId: externalId },
	});
	if (arn === undefined) throw new Error('the connect template has no role');
	return arn;
}

/** Keys of the product's own jobs, in its own account. */
export function jobsCredentials(sandbox: Sandbox): Credentials {
	return sandbox.credentialsFor(sandbox.hubAccountId, { roleName: jobsRole });
}

/** Assumes a role as the product's jobs do. */
export async function assume(
	sandbox: Sandbox,
	roleArn: string,
	more: Partial<AssumeRoleCommandInput> = {},
): Promise<Credentials> {
	const sts = new STSClient(clientConfig(sandbox, jobsCredentials(sandbox)));
	const input = { RoleArn: roleArn, RoleSessionName: 'test', ExternalId: externalId, ...more };
	const { Credentials: got } = await sts.send(new AssumeRoleCommand(input));
	sts.destroy();
	return {
		accessKeyId: got?.AccessKeyId ?? '',
		secretAccessKey: got?.SecretAccessKey ?? '',
		sessionToken: got?.SessionToken ?? '',
	};
}

/** What an SDK error says: its name, status and message. Throws when the promise is kept. */
export async function refusalOf(
	promise: Promise<unknown>,
): Promise<{ name: string; status: number | undefined; message: string; error: Error }> {
	try {
		await promise;
	} catch (error) {
		const failure = error as Error & { $metadata?: { httpStatusCode?: number } };
		return {
			name: failure.name,
			status: failure.$metadata?.httpStatusCode,
			message: failure.message,
			error: failure,
		};
	}
	throw new Error('expected a refusal, got an answer');
}

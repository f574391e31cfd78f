import type { Identity } from './auth.ts';
import { customerRoles, trustedRoles, type Connect } from './connect.ts';
import type { Work } from './jobs.ts';
import { roleNamed } from './roles.ts';
import { tablePermissions, type Storage } from './storage.ts';

interface ApiOptions {
	readonly router: sst.aws.Router;
	readonly origin: $util.Output<string>;
	readonly originSecret: $util.Output<string>;
	readonly table: Storage['table'];
	readonly exportsBucket: Storage['exportsBucket'];
	readonly queue: Work['queue'];
	readonly identity: Identity;
	readonly templateUrl: Connect['templateUrl'];
	readonly trustedRoleNames: Connect['trustedRoleNames'];
}

/**
 * The Hono API on a Function URL behind the shared distribution. The URL itself takes anybody's call
 * (an access control of CloudFront's would use up the Authorization header), so the API verifies the
 * token, and the secret that the distribution adds.
 */
export function api(options: ApiOptions) {
	const { router, origin, originSecret, table, exportsBucket, queue, identity } = options;
	const { result: secret } = new random.RandomPassword('ApiSecret', { length: 48, special: false });
	return new sst.aws.Function('Api', {
		name: `lamplight-${$app.stage}-api`,
		handler: 'apps/api/src/lambda.handler',
		// Routes, the clients of AWS and the bill readers lie in files of their own, loaded when needed.
		nodejs: { splitting: true },
		timeout: '30 seconds',
		memory: '1024 MB',
		transform: roleNamed(trustedRoles().api),
		url: { router: { instance: router, path: '/v1' } },
		environment: {
			LAMPLIGHT_STAGE: $app.stage,
			LAMPLIGHT_ORIGIN: origin,
			LAMPLIGHT_ORIGIN_SECRET: originSecret,
			LAMPLIGHT_TABLE: table.name,
			LAMPLIGHT_EXPORTS_BUCKET: exportsBucket.name,
			LAMPLIGHT_COLLECT_QUEUE_URL: queue.url,
			LAMPLIGHT_CONNECT_TEMPLATE_URL: options.templateUrl,
			LAMPLIGHT_TRUSTED_ROLE_NAMES: options.trustedRoleNames.join(','),
			LAMPLIGHT_SECRET: secret,
			LAMPLIGHT_OIDC_ISSUER: identity.issuer,
			LAMPLIGHT_OIDC_CLIENT_ID: identity.client.id,
			LAMPLIGHT_OIDC_CLIENT_SECRET: identity.client.clientSecret,
		},
		permissions: [
			...tablePermissions(table),
			{ actions: ['sts:AssumeRole'], resources: [customerRoles] },
			{
				// A link can do no more than who signed it.
				actions: ['s3:GetObject'],
				resources: [$interpolate`${exportsBucket.arn}/*`],
			},
			{ actions: ['sqs:SendMessage'], resources: [queue.arn] },
		],
	});
}

/** Lambda entry behind a Function URL: one app a container, made on its first call. */
import { randomBytes } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Aws } from '@lamplight/aws/aws';
import { accountIdSchema } from '@lamplight/core/ids';
import { createStore } from '@lamplight/store/store';
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';

import { createApp } from './app.ts';
import type { ExportDoor } from './deps.ts';
import { jsonLog } from './http/log.ts';
import { longestWaitMs, parseEnvironment } from './serve/options.ts';

type Handler = ReturnType<typeof handle>;
let made: Handler | null = null;
let aws: Promise<Aws> | null = null;
let exportDoor: Promise<ExportDoor> | null = null;

/** Answers one call of the Function URL. */
export const handler = (event: LambdaEvent, context: LambdaContext): ReturnType<Handler> => {
	made ??= make(context.invokedFunctionArn);
	return made(event, context);
};

function make(functionArn: string): Handler {
	const environment = parseEnvironment(process.env);
	const clock = () => Date.now();
	const app = createApp({
		store: createStore({
			client: new DynamoDBClient({}),
			tableName: environment.LAMPLIGHT_TABLE,
			clock,
		}),
		connect: {
			aws: () => {
				aws ??= import('@lamplight/aws/aws').then(({ createAws }) =>
					createAws({
						...{ clock, wallClock: clock, longestWaitMs },
						region: environment.AWS_REGION,
					}),
				);
				return aws;
			},
			clock,
			randomBytes: (count) => randomBytes(count),
			// arn:aws:lambda:REGION:ACCOUNT:function:NAME: our own account, which customers trust.
			trustedAccountId: accountIdSchema.parse(functionArn.split(':')[4]),
			trustedRoleNames: environment.LAMPLIGHT_TRUSTED_ROLE_NAMES,
			templateUrl: environment.LAMPLIGHT_CONNECT_TEMPLATE_URL ?? null,
			linkRegion: environment.AWS_REGION,
		},
		exports: () => {
			exportDoor ??= Promise.all([import('./exports/door.ts'), import('@aws-sdk/client-sqs')]).then(
				([{ createExportDoor }, { SQSClient }]) =>
					createExportDoor({
						sqs: new SQSClient({}),
						queueUrl: environment.LAMPLIGHT_COLLECT_QUEUE_URL,
						bucket: environment.LAMPLIGHT_EXPORTS_BUCKET,
						region: environment.AWS_REGION,
					}),
			);
			return exportDoor;
		},
		settings: {
			publicUrl: environment.LAMPLIGHT_ORIGIN,
			oidc: {
				issuer: environment.LAMPLIGHT_OIDC_ISSUER,
				clientId: environment.LAMPLIGHT_OIDC_CLIENT_ID,
				clientSecret: environment.LAMPLIGHT_OIDC_CLIENT_SECRET,
			},
			secret: environment.LAMPLIGHT_SECRET,
			simulated: false,
			firstWorkspaceName: null,
			originSecret: environment.LAMPLIGHT_ORIGIN_SECRET,
		},
		clock,
		wallClock: clock,
		log: jsonLog((line) => console.log(line), clock),
	});
	return handle(app);
}

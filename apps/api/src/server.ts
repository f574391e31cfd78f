/**
 * Process entry on a laptop or a server: options as JSON in the first argument (see
 * serve/options.ts), one JSON line `{"ready": true, "url", "port"}` once it listens. Serves the API
 * and the dashboard's built files on one origin. Ends on SIGTERM or SIGINT, after the calls that
 * are under way.
 */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { serve } from '@hono/node-server';
import { createAws } from '@lamplight/aws/aws';
import { LamplightError } from '@lamplight/core/errors';
import { createStore } from '@lamplight/store/store';

import { createApp } from './app.ts';
import { createExportDoor } from './exports/door.ts';
import { jsonLog } from './http/log.ts';
import { longestWaitMs, parseServerOptions, type ServerOptions } from './serve/options.ts';
import { staticFiles } from './serve/static.ts';
import { followWorldClock } from './serve/worldClock.ts';

const wallClock = () => Date.now();
/** Calls under way are given this long when the process is asked to end. */
const stopWithinMs = 5_000;

async function start(options: ServerOptions): Promise<void> {
	const world =
		options.worldClockUrl === undefined
			? { clock: wallClock, stop: () => undefined }
			: await followWorldClock(options.worldClockUrl, wallClock);
	const { clock } = world;
	const client = new DynamoDBClient({});
	const aws = createAws({
		clock,
		wallClock,
		region: options.connect.region,
		longestWaitMs,
		...(options.awsProfile === undefined ? {} : { profile: options.awsProfile }),
	});
	const { queueUrl, ...standIn } = options.exports;
	const exportDoor = createExportDoor({
		sqs: new SQSClient({}),
		queueUrl,
		bucket: standIn.bucket,
		region: options.connect.region,
		standIn,
	});
	const app = createApp({
		store: createStore({ client, tableName: options.tableName, clock }),
		connect: {
			aws: async () => aws,
			clock,
			randomBytes: (count) => randomBytes(count),
			trustedAccountId: options.connect.trustedAccountId,
			trustedRoleNames: options.connect.trustedRoleNames,
			templateUrl: options.connect.templateUrl,
			linkRegion: options.connect.region,
		},
		exports: async () => exportDoor,
		settings: {
			publicUrl: options.publicUrl,
			oidc: options.oidc,
			secret: options.secret,
			simulated: options.simulated,
			firstWorkspaceName: options.firstWorkspaceName,
			originSecret: null,
		},
		clock,
		wallClock,
		log: jsonLog((line) => console.error(line), wallClock),
	});
	if (options.dashboardFolder !== undefined) {
		const files = staticFiles(options.dashboardFolder);
		app.notFound((context) => files.answer(context.req.raw));
	}
	const server = serve(
		{
			fetch: app.fetch,
			port: options.port,
			hostname: options.host,
			// Longer than clients keep a connection: none is closed in the moment in which it is used again.
			serverOptions: { keepAliveTimeout: 65_000 },
		},
		({ port }) => console.log(JSON.stringify({ ready: true, url: options.publicUrl, port })),
	) as Server;
	const stop = () => {
		world.stop();
		server.close(() => process.exit(0));
		server.closeIdleConnections();
		setTimeout(() => process.exit(0), stopWithinMs).unref();
	};
	process.once('SIGTERM', stop);
	process.once('SIGINT', stop);
}

try {
	await start(parseServerOptions(process.argv[2]));
} catch (error) {
	console.error(error instanceof LamplightError ? error.message : error);
	process.exitCode = 1;
}

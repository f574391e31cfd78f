import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
	CloudWatchLogsClient,
	CreateLogGroupCommand,
	CreateLogStreamCommand,
	PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';

import { freePort } from './product.ts';

/** A server of AWS's APIs that others wrote: moto, a Python package. */
export interface Moto {
	readonly endpoint: string;
	close(): Promise<void>;
}

export const motoAccountId = '123456789012';
export const motoRegion = 'eu-west-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const startTimeoutMs = 60_000;

/** Starts moto's server on a free port of this machine. */
export async function startMoto(): Promise<Moto> {
	const port = await freePort();
	const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
	const endpoint = `http://127.0.0.1:${port}`;
	const giveUpMs = Date.now() + startTimeoutMs;
	while (!(await answers(endpoint))) {
		if (child.exitCode !== null || Date.now() > giveUpMs) throw new Error('moto did not start');
		await sleep(200);
	}
	return { endpoint, close: () => ended(child) };
}

async function answers(endpoint: string): Promise<boolean> {
	try {
		return (await fetch(`${endpoint}/moto-api/`)).ok;
	} catch {
		return false;
	}
}

async function ended(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null) return;
	const exit = new Promise((resolve) => child.once('exit', resolve));
	child.kill('SIGTERM');
	await exit;
}

/** What one function did in one minute: a duration in milliseconds for each of its executions. */
export interface SeededMinute {
	readonly functionName: string;
	readonly minuteMs: number;
	readonly durationsMs: readonly number[];
}

/** Puts functions, their metrics and their log lines into a server, through the APIs that write them. */
export async function seed(endpoint: string, minutes: readonly SeededMinute[]): Promise<void> {
	const config = { endpoint, region: motoRegion, credentials };
	const names = [...new Set(minutes.map(({ functionName }) => functionName))];
	await createRole(endpoint);
	const lambda = new LambdaClient(config);
	const logs = new CloudWatchLogsClient(config);
	const cloudwatch = new CloudWatchClient(config);
	for (const name of names) {
		await lambda.send(new CreateFunctionCommand(functionOf(name)));
		const logGroupName = `/aws/lambda/${name}`;
		const logStreamName = '2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef';
		await logs.send(new CreateLogGroupCommand({ logGroupName }));
		await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
		const logEvents = minutes
			.filter(({ functionName }) => functionName === name)
			.flatMap(linesOf)
			.sort((a, b) => a.timestamp - b.timestamp);
		await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
	}
	for (const minute of minutes) {
		await cloudwatch.send(
			new PutMetricDataCommand({ Namespace: 'AWS/Lambda', MetricData: metricsOf(minute) }),
		);
	}
	for (const client of [lambda, logs, cloudwatch]) client.destroy();
}

const roleName = 'runs-functions';

/** IAM has no client among our dependencies; its protocol is a form. */
async function createRole(endpoint: string): Promise<void> {
	const trust = {
		Version: '2012-10-17',
		Statement: [
			{
				Effect: 'Allow',
				Principal: { Service: 'lambda.amazonaws.com' },
				Action: 'sts:AssumeRole',
			},
		],
	};
	const answer = await fetch(endpoint, {
		method: 'POST',
		headers: {
			authorization:
				'AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0',
		},
		body: new URLSearchParams({
			Action: 'CreateRole',
			Version: '2010-05-08',
			RoleName: roleName,
			AssumeRolePolicyDocument: JSON.stringify(trust),
		}),
	});
	if (!answer.ok) throw new Error(`moto made no role: ${await answer.text()}`);
}

/** The smallest zip file there is: the end of an empty directory. */
const emptyZip = Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64');

const functionOf = (name: string) => ({
	FunctionName: name,
	Role: `arn:aws:iam::${motoAccountId}:role/${roleName}`,
	Runtime: 'nodejs22.x' as const,
	Handler: 'index.handler',
	MemorySize: 256,
	Timeout: 30,
	Code: { ZipFile: emptyZip },
	Tags: { team: 'independence' },
});

function linesOf({ functionName, minuteMs, durationsMs }: SeededMinute) {
	return durationsMs.flatMap((durationMs, index) => {
		const hex = Buffer.from(`${functionName}-${minuteMs}-${index}`).toString('hex');
		const digits = hex.slice(-32).padStart(32, '0');
		const requestId = digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
		const timestamp = minuteMs + 1000 + index * 100;
		const report = [
			`REPORT RequestId: ${requestId}`,
			`Duration: ${durationMs.toFixed(2)} ms`,
			`Billed Duration: ${Math.ceil(durationMs)} ms`,
			'Memory Size: 256 MB',
			'Max Memory Used: 80 MB',
		].join('\t');
		return [
			{ timestamp, message: `START RequestId: ${requestId} Version: $LATEST\n` },
			{ timestamp: timestamp + 50, message: `END RequestId: ${requestId}\n` },
			{ timestamp: timestamp + 50, message: `${report}\t\n` },
		];
	});
}

/** A function's own metrics, and the region's totals, which have no dimension. */
function metricsOf({ functionName, minuteMs, durationsMs }: SeededMinute) {
	const Timestamp = new Date(minuteMs);
	const count = durationsMs.length;
	return [[{ Name: 'FunctionName', Value: functionName }], []].flatMap((Dimensions) => [
		{
			MetricName: 'Duration',
			...{ Timestamp, Dimensions, Unit: 'Milliseconds' as const },
			Values: [...durationsMs],
			Counts: durationsMs.map(() => 1),
		},
		...[
			['Invocations', count],
			['Errors', 0],
			['Throttles', 0],
		].map(([MetricName, Value]) => ({
			MetricName: String(MetricName),
			Value: Number(Value),
			...{ Timestamp, Dimensions, Unit: 'Count' as const },
		})),
	]);
}

import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as lambda from '@aws-sdk/client-lambda';
import * as sts from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';

import { aboutFunction } from './aboutFunction.ts';
import type { WireRequest } from './message.ts';
import type { OutgoingError } from './protocol.ts';
import { protocolsOf } from './protocols.ts';
import { defineService } from './service.ts';
import { withUnknownMembers } from './unknownMembers.ts';

const of = (signingName: string, sdk: object, client: unknown) =>
	protocolsOf(
		defineService({
			signingName,
			iamPrefix: signingName,
			sdk,
			client: client as never,
			operations: {},
		}),
	);

const services = {
	logs: of('logs', logs, logs.CloudWatchLogsClient),
	lambda: of('lambda', lambda, lambda.LambdaClient),
	sts: of('sts', sts, sts.STSClient),
	monitoring: of('monitoring', cloudwatch, cloudwatch.CloudWatchClient),
	ec2: of('ec2', ec2, ec2.EC2Client),
};

function request(part: Partial<Omit<WireRequest, 'body'>> & { body?: string }): WireRequest {
	const { body = '', ...rest } = part;
	return { method: 'POST', path: '/', query: '', headers: {}, ...rest, body: Buffer.from(body) };
}

const logsTarget = (operation: string) => ({ 'x-amz-target': `Logs_20140328.${operation}` });

function readLogs(operation: string, body: string): unknown {
	const asked = request({ headers: logsTarget(operation), body });
	return services.logs.choose(asked).match(asked)?.readInput();
}

describe('JSON', () => {
	it('reads what the schema knows and passes over the rest', () => {
		expect(
			readLogs('FilterLogEvents', '{"logGroupName":"g","limit":3,"new":{"a":1},"nextToken":null}'),
		).toEqual({
			logGroupName: 'g',
			limit: 3,
		});
	});

	it.each([
		'{',
		'[]',
		'"text"',
		'{"limit":"three"}',
		'{"logStreamNames":"one"}',
		'{"interleaved":1}',
	])('refuses %s', (body) => {
		expect(() => readLogs('FilterLogEvents', body)).toThrow(
			expect.objectContaining({ code: 'SerializationException' }) as Error,
		);
	});

	it('knows an operation behind a Java package, as clients of older services name it', () => {
		const asked = request({
			headers: { 'x-amz-target': 'com.amazonaws.logs.v20140328.Logs_20140328.FilterLogEvents' },
		});
		expect(services.logs.choose(asked).match(asked)?.operation).toBe('FilterLogEvents');
	});

	it.each([{}, logsTarget('NoSuchThing'), { 'x-amz-target': 'Other.FilterLogEvents' }])(
		'knows no operation for %o',
		(headers) => {
			const asked = request({ headers });
			expect(services.logs.choose(asked).match(asked)).toBeNull();
		},
	);
});

describe('paths of REST-JSON', () => {
	it.each([
		['GET', '/2015-03-31/functions', 'ListFunctions'],
		['GET', '/2015-03-31/functions/', 'ListFunctions'],
		['GET', '/2015-03-31/functions/name', 'GetFunction'],
		['GET', '/2015-03-31/functions/name/configuration', 'GetFunctionConfiguration'],
		['GET', '/2015-03-31/functions/name/versions', 'ListVersionsByFunction'],
		['GET', '/2015-03-31/functions/arn%3Aaws%3Alambda%3Ax/aliases', 'ListAliases'],
		['GET', '/2016-08-19/account-settings/', 'GetAccountSettings'],
		['DELETE', '/2015-03-31/functions/name', 'DeleteFunction'],
		['GET', '/2015-03-31/nothing', null],
		['PATCH', '/2015-03-31/functions', null],
	])('%s %s is %s', (method, path, operation) => {
		const asked = request({ method, path });
		expect(services.lambda.choose(asked).match(asked)?.operation ?? null).toBe(operation);
	});

	it('distinguish operations by constants in the query', () => {
		const asked = request({
			method: 'GET',
			path: '/2019-09-30/functions/f/provisioned-concurrency',
			query: 'List=ALL',
		});
		expect(services.lambda.choose(asked).match(asked)?.operation).toBe(
			'ListProvisionedConcurrencyConfigs',
		);
		const one = { ...asked, query: 'Qualifier=1' };
		expect(services.lambda.choose(one).match(one)?.operation).toBe(
			'GetProvisionedConcurrencyConfig',
		);
	});
});

describe('the query protocol', () => {
	const form = { 'content-type': 'application/x-www-form-urlencoded' };

	it('is chosen by the content type where a service speaks two', () => {
		const both = protocolsOf(
			defineService({
				signingName: 'monitoring',
				iamPrefix: 'cloudwatch',
				sdk: cloudwatch,
				client: cloudwatch.CloudWatchClient,
				operations: {},
				alsoQuery: { xmlNamespace: 'x', version: '2010-08-01' },
			}),
		);
		expect(both.choose(request({ headers: form })).kind).toBe('query');
		expect(both.choose(request({ headers: {} })).kind).toBe('json');
	});

	it('refuses numbers and dates that are none', () => {
		const read = (body: string) => {
			const asked = request({
				headers: form,
				body: `Action=AssumeRole&Version=2011-06-15&${body}`,
			});
			return services.sts.choose(asked).match(asked)?.readInput();
		};
		expect(read('DurationSeconds=900')).toEqual({ DurationSeconds: 900 });
		expect(() => read('DurationSeconds=soon')).toThrow(
			expect.objectContaining({ code: 'MalformedInput' }) as Error,
		);
	});

	it('knows no operation of another version', () => {
		const asked = request({ headers: form, body: 'Action=AssumeRole&Version=1999-01-01' });
		expect(services.sts.choose(asked).match(asked)).toBeNull();
	});
});

describe('errors', () => {
	const error: OutgoingError = {
		code: 'Oddity',
		message: 'not <this> & "that"',
		status: 400,
		members: {},
		headers: { 'retry-after': '3' },
		shape: null,
	};
	const write = (name: keyof typeof services, more: Partial<OutgoingError> = {}) =>
		services[name].choose(request({})).writeError({ ...error, ...more }, 'id-1');

	it('are escaped in XML, with the side that is to blame', () => {
		expect(write('sts').body).toContain(
			'<Type>Sender</Type><Code>Oddity</Code><Message>not &#60;this&#62; &#38; &#34;that&#34;</Message>',
		);
		expect(write('sts', { status: 503 }).body).toContain('<Type>Receiver</Type>');
		expect(write('ec2').body).toContain('<Errors><Error><Code>Oddity</Code>');
	});

	it('carry headers and the request id in every protocol', () => {
		for (const name of ['logs', 'lambda', 'sts', 'monitoring', 'ec2'] as const) {
			expect(write(name).headers).toMatchObject({ 'retry-after': '3', 'x-amzn-requestid': 'id-1' });
		}
	});

	it('name the older code for clients that came from the query protocol', () => {
		const shape = services.monitoring.errors.get('InvalidNextToken') ?? null;
		expect(shape).not.toBeNull();
		expect(write('monitoring', { code: 'InvalidNextToken', shape }).headers).toMatchObject({
			'x-amzn-query-error': 'InvalidNextToken;Sender',
		});
		expect(write('logs').headers).not.toHaveProperty('x-amzn-query-error');
	});
});

describe('withUnknownMembers', () => {
	it('adds to every structure, and to no map, whose keys are data', () => {
		const shape = services.lambda.operations.get('ListTags')?.output;
		if (shape === undefined) throw new Error('no ListTags');
		const body = JSON.stringify({ Tags: { team: 'shop' } });
		const after = withUnknownMembers(shape, { status: 200, headers: {}, body });
		expect(JSON.parse(after.body.toString())).toEqual({
			Tags: { team: 'shop' },
			aMemberOfTomorrow: expect.any(Object) as object,
		});
	});
});

describe('aboutFunction', () => {
	it.each([
		[{ FunctionName: 'checkout' }, 'checkout'],
		[{ FunctionName: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout:live' }, 'checkout'],
		[{ FunctionName: '111122223333:function:checkout' }, 'checkout'],
		[{ FunctionName: 'some-function:$LATEST' }, 'some-function'],
		[{ Resource: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout' }, 'checkout'],
		[{ logGroupName: '/aws/lambda/checkout' }, 'checkout'],
		[{ logGroupName: '/aws/lambda/us-east-1.edge' }, 'edge'],
		[{ logGroupIdentifier: 'arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/checkout' }, 'checkout'],
		[{ logGroupName: '/custom/group' }, null],
		[{}, null],
	])('%o is about %s', (input, name) => {
		expect(aboutFunction(input)).toBe(name);
	});
});

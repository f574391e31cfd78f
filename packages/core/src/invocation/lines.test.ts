import { describe, expect, it } from 'vitest';

import { parseMessage } from './parse.ts';
import type { PlatformRecord } from './record.ts';
import { head, id, only } from './testing/samples.ts';

describe('other platform lines', () => {
	it.each<[string, Partial<PlatformRecord>]>([
		[
			`START RequestId: ${id} Version: $LATEST`,
			{ kind: 'start', requestId: id, version: '$LATEST' },
		],
		[`END RequestId: ${id}`, { kind: 'end', requestId: id }],
		[
			'INIT_START Runtime Version: python:3.14.v35\tRuntime Version ARN: arn:aws:lambda:ap-south-1::runtime:6e4c',
			{
				kind: 'initStart',
				runtimeVersion: 'python:3.14.v35',
				runtimeVersionArn: 'arn:aws:lambda:ap-south-1::runtime:6e4c',
			},
		],
		[
			'INIT_START Runtime Version: nodejs:18.v80',
			{ kind: 'initStart', runtimeVersion: 'nodejs:18.v80', runtimeVersionArn: null },
		],
		[
			'RESTORE_START Runtime Version: java:11.v21\tRuntime Version ARN: arn:x',
			{ kind: 'restoreStart', runtimeVersion: 'java:11.v21' },
		],
		[
			'INIT_REPORT Init Duration: 10.17 ms Phase: init Status: error   Error Type: Runtime.ExitError',
			{
				kind: 'initReport',
				durationUs: 10_170,
				phase: 'init',
				status: 'error',
				errorType: 'Runtime.ExitError',
			},
		],
		[
			'INIT_REPORT Init Duration: 9999.79 ms\tPhase: invoke\tStatus: timeout',
			{ kind: 'initReport', phase: 'invoke', status: 'timeout' },
		],
		[
			'RESTORE_REPORT Restore Duration: 511.25 ms',
			{ kind: 'restoreReport', durationUs: 511_250, status: null },
		],
		[
			'EXTENSION\tName: agent\tState: InitError\tEvents: [INVOKE,SHUTDOWN]\tError Type: Extension.Crash',
			{
				kind: 'extension',
				name: 'agent',
				state: 'InitError',
				events: ['INVOKE', 'SHUTDOWN'],
				errorType: 'Extension.Crash',
			},
		],
		[
			'EXTENSION Name: agent  State: LaunchError  Events: []  Error Type: PermissionDenied',
			{ kind: 'extension', events: [], errorType: 'PermissionDenied' },
		],
		[
			'TELEMETRY\tName: agent\tState: Subscribed\tTypes: [Platform, Function]',
			{ kind: 'subscription', types: ['Platform', 'Function'] },
		],
		[
			'LOGS\tName: agent\tState: Subscribed\tTypes: [platform]',
			{ kind: 'subscription', name: 'agent' },
		],
		[
			`2023-08-30T17:12:46.215Z ${id} Task timed out after 3.01 seconds\n\n`,
			{
				kind: 'timedOut',
				requestId: id,
				afterUs: 3_010_000,
				timeMs: Date.UTC(2023, 7, 30, 17, 12, 46, 215),
			},
		],
		[
			`RequestId: ${id} Error: Runtime exited with error: signal: killed Runtime.ExitError`,
			{
				kind: 'exit',
				requestId: id,
				reason: 'Runtime exited with error: signal: killed',
				errorType: 'Runtime.ExitError',
			},
		],
		[
			`RequestId: ${id} Process exited before completing request`,
			{ kind: 'exit', errorType: null },
		],
		[
			`2026-10-01T10:00:00.000Z\t${id}\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"x"}`,
			{ kind: 'thrown', requestId: id, errorType: 'TypeError' },
		],
		["[ERROR] KeyError: 'id'", { kind: 'thrown', requestId: null, errorType: 'KeyError' }],
	])('%j', (message, expected) => {
		expect(only(message)).toMatchObject(expected);
	});

	it('reads two records that an exporter joined', () => {
		const both = parseMessage(
			`${head}\t\nRequestId: ${id} Process exited before completing request`,
		);
		expect(both.map(({ kind }) => kind)).toEqual(['report', 'exit']);
	});
});

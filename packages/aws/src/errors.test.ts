import type { LamplightError } from '@lamplight/core/errors';
import { describe, expect, it } from 'vitest';

import { translateError } from './errors.ts';

const call = { action: 'cloudtrail:LookupEvents', region: 'eu-west-1' };

function failure(name: string, httpStatusCode: number, requestId?: string): Error {
	const metadata = requestId === undefined ? { httpStatusCode } : { httpStatusCode, requestId };
	return Object.assign(new Error('said'), { name, $metadata: metadata });
}

const told = (error: Error) => translateError(error, call) as LamplightError;

describe('an operation that the endpoint does not have', () => {
	it.each([
		['as AWS says it', failure('UnknownOperationException', 400, 'id')],
		['as the query protocol says it', failure('InvalidAction', 400, 'id')],
		['by its status', failure('InternalFailure', 501, 'id')],
		['by a web page', failure('SyntaxError', 404)],
		['by a web page of an error', failure('SyntaxError', 500)],
	])('is told %s', (_, error) => {
		expect(told(error)).toMatchObject({ code: 'aws_refused', details: { missing: true } });
		expect(told(error).message).toContain('does not offer it');
	});

	it.each([
		['a thing that is not there', failure('ResourceNotFoundException', 404, 'id'), 'not_found'],
		['a failure of AWS', failure('InternalFailure', 500, 'id'), 'aws_unavailable'],
		['a gateway that is down', failure('SyntaxError', 503), 'aws_unavailable'],
		['an answer of AWS that is damaged', failure('SyntaxError', 500, 'id'), 'aws_unavailable'],
		['a refusal', failure('AccessDeniedException', 400, 'id'), 'aws_access_denied'],
	])('is not %s', (_, error, code) => {
		expect(told(error).code).toBe(code);
		expect(told(error).details).not.toHaveProperty('missing');
	});
});

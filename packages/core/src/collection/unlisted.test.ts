import { expect, it } from 'vitest';

import { lambdaFunctionSchema } from '../function/function.ts';
import { accountIdSchema, connectionIdSchema } from '../ids.ts';
import { unlistedFunction } from './unlisted.ts';

const input = {
	connectionId: connectionIdSchema.parse(`con_${'0'.repeat(20)}`),
	accountId: accountIdSchema.parse('123456789012'),
	region: 'eu-west-1',
	name: 'deleted-last-week',
	execution: null,
	nowMs: 5,
} as const;

it('is a function as inventory keeps them, and gone', () => {
	const made = unlistedFunction(input);
	expect(lambdaFunctionSchema.parse(made)).toEqual(made);
	expect(made).toMatchObject({ goneMs: 5, billingMode: 'on-demand', memoryMib: 128 });
});

it('is billed as Lambda@Edge when its name is that of a replica', () => {
	expect(unlistedFunction({ ...input, name: 'us-east-1.router' }).billingMode).toBe('edge');
});

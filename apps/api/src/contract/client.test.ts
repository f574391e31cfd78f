import { expect, expectTypeOf, test } from 'vitest';

import type { BodyOf, Call, RequestOf, ResponseOf } from './client.ts';
import type { FunctionsPage } from './functions.ts';
import type { Overview } from './overview.ts';

const call: Call = async (key) => {
	throw new Error(key);
};

test('a call is typed by its key: path, query, body and answer', async () => {
	expectTypeOf<ResponseOf<'GET /v1/w/{ws}/overview'>>().toEqualTypeOf<Overview>();
	expectTypeOf<ResponseOf<'GET /v1/w/{ws}/functions'>>().toEqualTypeOf<FunctionsPage>();
	expectTypeOf<ResponseOf<'DELETE /v1/w/{ws}'>>().toEqualTypeOf<null>();
	expectTypeOf<BodyOf<'GET /v1/me'>>().toEqualTypeOf<undefined>();
	expectTypeOf<RequestOf<'GET /v1/w/{ws}/overview'>['params']>().toEqualTypeOf<{ ws: string }>();
	expectTypeOf<BodyOf<'POST /v1/workspaces'>>().toEqualTypeOf<{ name: string }>();

	const asked = [
		call('GET /v1/me', {}),
		call('GET /v1/w/{ws}/functions', {
			params: { ws: 'ws_1' },
			query: { sort: 'cost', region: ['eu-west-1'], limit: 50 },
		}),
		// @ts-expect-error a path parameter is missing
		call('GET /v1/w/{ws}/overview', {}),
		// @ts-expect-error no such sort
		call('GET /v1/w/{ws}/functions', { params: { ws: 'ws_1' }, query: { sort: 'colour' } }),
	];
	const settled = await Promise.allSettled(asked);
	expect(settled.map((one) => one.status)).toEqual(asked.map(() => 'rejected'));
});

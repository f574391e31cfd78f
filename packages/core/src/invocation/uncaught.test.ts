import { describe, expect, it } from 'vitest';

import { readUncaught } from './uncaught.ts';

const id = '3f1c9a52-0d6b-4c8e-9b1a-0a4f2a1c7e11';
const thrown = (requestId: string | null, errorType: string | null) => ({
	kind: 'thrown',
	timeMs: null,
	requestId,
	errorType,
});

describe('an exception that reached the runtime', () => {
	it.each([
		[
			'.NET',
			`2026-10-14T09:00:00.123Z\t${id}\tfail\tSystem.InvalidOperationException: no element\n   at A.B()\n`,
			thrown(id, 'System.InvalidOperationException'),
		],
		[
			'Rust',
			`2026-10-14T09:00:00.123456Z ERROR Lambda runtime invoke{requestId="${id}"}: search::QueryError: unbalanced\n`,
			thrown(id, 'search::QueryError'),
		],
		[
			'Java',
			'Order 7 is settled: java.lang.IllegalStateException\njava.lang.IllegalStateException: Order 7 is settled\n\tat io.shop.Order.settle(Order.java:118)\n',
			thrown(null, 'java.lang.IllegalStateException'),
		],
		[
			'Go',
			'{"errorMessage":"no such address","errorType":"errorString","stackTrace":[]}\n',
			thrown(null, 'errorString'),
		],
		[
			'Python in JSON',
			`{"timestamp":"2026-10-14T09:00:00Z","log_level":"ERROR","errorMessage":"'slot'","errorType":"KeyError","requestId":"${id}","location":[]}\n`,
			thrown(id, 'KeyError'),
		],
	])('as %s prints it', (_, message, expected) => {
		expect(readUncaught(message)).toEqual(expected);
	});

	it.each([
		['a logged message', `2026-10-14T09:00:00.123Z\t${id}\tfail\tcould not reach the shop\n`],
		['a printed stack trace', 'java.io.IOException: closed\n\tat io.shop.A.b(A.java:1)\n'],
		[
			'an error that Node logged in JSON',
			`{"timestamp":"t","level":"ERROR","requestId":"${id}","message":{"errorType":"Error","errorMessage":"x"}}`,
		],
		['a cut document', '{"errorMessage":"x'],
		['nothing', ''],
	])('is not taken from %s', (_, message) => {
		expect(readUncaught(message)).toBeNull();
	});
});

import { describe, expect, it, test } from 'vitest';

import { fingerprint } from './fingerprint.ts';
import type { Fingerprint } from './fingerprint.ts';

const of = (...lines: string[]): Fingerprint => fingerprint({ runtime: null, lines });

const node = (line: number, id: string): string =>
	`2026-11-20T10:00:00.123Z\t${id}\tERROR\tInvoke Error \t` +
	JSON.stringify({
		errorType: 'TypeError',
		errorMessage: "Cannot read properties of undefined (reading 'total')",
		stack: [
			"TypeError: Cannot read properties of undefined (reading 'total')",
			`    at sumOf (file:///var/task/index.mjs:${line}:17)`,
			'    at Array.map (<anonymous>)',
			`    at Runtime.handler (file:///var/task/index.mjs:${line + 40}:9)`,
			'    at Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1173:29)',
		],
	});
const anId = '3e53af63-e7fd-44f5-a80a-13683a2d39d8';
const another = '0b23505d-90e8-448b-accb-af6c6fe0a204';

const python = (line: number, key = 'body'): string =>
	[
		`[ERROR] KeyError: '${key}'`,
		'Traceback (most recent call last):',
		`  File "/var/task/orders/app.py", line ${line}, in lambda_handler`,
		'    return load(event)',
		`  File "/var/task/orders/load.py", line ${line + 3}, in load`,
		`    return json.loads(event['${key}'])`,
	].join('\r');

const java = (line: number, id: string): string =>
	[
		`Order ${id} failed: java.lang.RuntimeException`,
		`java.lang.RuntimeException: Order ${id} failed`,
		`\tat com.acme.orders.Handler.handleRequest(Handler.java:${line})`,
		'\tat java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(Unknown Source)',
		`Caused by: com.acme.stock.OutOfStockException: no stock for ${id}`,
		`\tat com.acme.stock.Stock.lambda$take$0(Stock.java:${line + 7})`,
		'\tat java.base/java.util.Optional.orElseThrow(Unknown Source)',
		'\t... 2 more',
	].join('\n');

const go = (line: number, at: string): string[] => [
	'panic: runtime error: index out of range [5] with length 3 [recovered]',
	'\tpanic: runtime error: index out of range [5] with length 3',
	'',
	'goroutine 1 [running]:',
	`panic({0x7b3a20?, ${at}?})`,
	'\t/usr/local/go/src/runtime/panic.go:770 +0x132',
	`main.(*Service).Total(${at}, {0xc000112000, 0x3, 0x4})`,
	`\t/build/cmd/orders/main.go:${line} +0x1d`,
	`main.handler.func1({0x8e2f08, ${at}})`,
	`\t/build/cmd/orders/main.go:${line + 12} +0x85`,
	'github.com/aws/aws-lambda-go/lambda.(*Function).Invoke(...)',
	'\t/root/go/pkg/mod/github.com/aws/aws-lambda-go@v1.47.0/lambda/function.go:55',
];

const dotnet = (line: number, id: string): string =>
	[
		`2026-11-20T10:00:00.123Z\t${id}\tfail\tSystem.AggregateException: One or more errors occurred. (Order ${id} is closed)`,
		` ---> System.InvalidOperationException: Order ${id} is closed`,
		`   at Acme.Orders.OrderStore.<CloseAsync>d__5.MoveNext() in /src/Acme.Orders/OrderStore.cs:line ${line}`,
		'   --- End of inner exception stack trace ---',
		'   at System.Threading.Tasks.Task.Wait()',
		`   at Acme.Orders.Function.Handle(SQSEvent evnt, ILambdaContext context) in /src/Acme.Orders/Function.cs:line ${line + 9}`,
		'   at lambda_method1(Closure , Stream , ILambdaContext , Stream )',
	].join('\n');

const rust = (line: number, hash: string): string[] => [
	`thread 'tokio-runtime-worker' panicked at src/main.rs:${line}:14:`,
	'called `Result::unwrap()` on an `Err` value: ParseIntError { kind: InvalidDigit }',
	'stack backtrace:',
	'   0: rust_begin_unwind',
	`             at /rustc/${hash}/library/std/src/panicking.rs:652:5`,
	'   1: core::panicking::panic_fmt',
	'   2: core::result::unwrap_failed',
	'   3: bootstrap::orders::parse::{{closure}}',
	`             at ./src/orders.rs:${line + 2}:9`,
	`   4: bootstrap::handler::h${hash.slice(0, 16)}`,
	`             at ./src/main.rs:${line}:5`,
	'   5: tokio::runtime::task::core::Core<T,S>::poll',
];

describe('the same error, printed by different deployments and requests', () => {
	const cases: [string, Fingerprint, Fingerprint][] = [
		['node', of(node(12, anId)), of(node(90, another))],
		['python', of(python(30)), of(python(77))],
		['java', of(java(14, '8123')), of(java(99, '77'))],
		['go', of(...go(40, '0xc0000b2000')), of(...go(55, '0xc0000aa0f0'))],
		['dotnet', of(dotnet(21, anId)), of(dotnet(80, another))],
		[
			'rust',
			of(...rust(42, '051478957371ee0084a7c0913941d2a8c4757bb9')),
			of(...rust(4, 'f6e511eec7342f59a25f7c0534f1dbea00d01b14')),
		],
	];
	it.each(cases)('%s keeps its hash', (_language, first, second) => {
		expect(second.hash).toBe(first.hash);
		expect(second.title).toBe(first.title);
	});

	const shown: [string, Fingerprint, Partial<Fingerprint>][] = [
		[
			'node',
			of(node(12, anId)),
			{
				errorType: 'TypeError',
				normalisedMessage: "Cannot read properties of undefined (reading 'total')",
				topFrame: 'sumOf (index.mjs)',
				language: 'node',
			},
		],
		[
			'python',
			of(python(30)),
			{
				errorType: 'KeyError',
				normalisedMessage: "'body'",
				topFrame: 'load (orders/load.py)',
				language: 'python',
			},
		],
		[
			'java',
			of(java(14, '8123')),
			{
				errorType: 'com.acme.stock.OutOfStockException',
				normalisedMessage: 'no stock for <n>',
				topFrame: 'com.acme.stock.Stock.take (Stock.java)',
				language: 'java',
			},
		],
		[
			'go',
			of(...go(40, '0xc0')),
			{
				errorType: 'panic',
				normalisedMessage: 'runtime error: index out of range [<n>] with length <n>',
				topFrame: 'main.(*Service).Total (build/cmd/orders/main.go)',
				language: 'go',
			},
		],
		[
			'dotnet',
			of(dotnet(21, anId)),
			{
				errorType: 'System.InvalidOperationException',
				normalisedMessage: 'Order <uuid> is closed',
				topFrame: 'Acme.Orders.OrderStore.CloseAsync (Acme.Orders/OrderStore.cs)',
				language: 'dotnet',
			},
		],
		[
			'rust',
			of(...rust(42, '051478957371ee0084a7c0913941d2a8c4757bb9')),
			{
				errorType: 'panic',
				topFrame: 'bootstrap::orders::parse (src/orders.rs)',
				language: 'rust',
			},
		],
	];
	it.each(shown)('%s names its type, message and place', (_language, print, expected) => {
		expect(print).toMatchObject(expected);
		expect(print.kind).toBe('exception');
	});
});

describe('one error in the forms that loggers give it', () => {
	const stack = [
		'Error: stock is empty',
		'    at take (/var/task/stock.js:3:9)',
		'    at async Runtime.handler (/var/task/index.js:8:3)',
	];
	const forms: [string, string][] = [
		['text', `2026-11-20T10:00:00.123Z\t${anId}\tERROR\t${stack.join('\n')}`],
		['text with carriage returns', `2026-11-20T10:00:00.123Z\t${anId}\tERROR\t${stack.join('\r')}`],
		[
			'Lambda JSON',
			JSON.stringify({
				timestamp: '2026-11-20T10:00:00.123Z',
				level: 'ERROR',
				requestId: anId,
				errorType: 'Error',
				errorMessage: 'stock is empty',
				stackTrace: stack,
			}),
		],
		[
			'Lambda JSON, error as message',
			JSON.stringify({
				level: 'ERROR',
				requestId: anId,
				message: { errorType: 'Error', errorMessage: 'stock is empty', stackTrace: stack },
			}),
		],
		[
			'Powertools',
			JSON.stringify({
				level: 'ERROR',
				message: 'order failed',
				service: 'orders',
				error: {
					name: 'Error',
					location: '/var/task/stock.js:3',
					message: 'stock is empty',
					stack: stack.join('\n'),
				},
			}),
		],
		[
			'pino',
			JSON.stringify({
				level: 50,
				time: 1,
				msg: 'order failed',
				err: { type: 'Error', message: 'stock is empty', stack: stack.join('\n') },
			}),
		],
		[
			'rejection',
			`x\tundefined\tERROR\tUnhandled Promise Rejection \t${JSON.stringify({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: stock is empty', reason: { errorType: 'Error', errorMessage: 'stock is empty', stack }, promise: {}, stack: [] })}`,
		],
	];
	it.each(forms)('%s has the hash of the parts', (_form, line) => {
		const parts = fingerprint({
			runtime: 'nodejs24.x',
			errorType: 'Error',
			message: 'stock is empty',
			stack: stack.slice(1),
		});
		expect(of(line)).toMatchObject({ hash: parts.hash, title: 'Error: stock is empty' });
	});

	test('Python: text, Lambda JSON and Powertools agree', () => {
		const frames = [
			'  File "/var/task/app.py", line 9, in lambda_handler\n    charge(order)\n',
			'  File "/var/task/pay.py", line 3, in charge\n    raise CardError(f"card {id} declined")\n',
		];
		const trace = `Traceback (most recent call last):\n${frames.join('')}pay.CardError: card 77 declined`;
		const prints = [
			of(
				`[ERROR] CardError: card 12 declined\nTraceback (most recent call last):\n${frames.join('')}`,
			),
			of(
				JSON.stringify({
					timestamp: 'x',
					log_level: 'ERROR',
					errorMessage: 'card 99 declined',
					errorType: 'CardError',
					requestId: anId,
					stackTrace: frames,
				}),
			),
			of(
				JSON.stringify({
					level: 'ERROR',
					location: 'lambda_handler:9',
					message: 'declined',
					exception: trace,
					exception_name: 'CardError',
				}),
			),
			of(`[ERROR]\t2026-11-20T10:00:00.123Z\t${anId}\tpayment failed\n${trace}`),
		];
		expect(new Set(prints.map((print) => print.hash)).size).toBe(1);
		expect(prints[0]).toMatchObject({
			title: 'CardError: card <n> declined',
			topFrame: 'charge (pay.py)',
		});
	});

	test('Go: the panic and the JSON that aws-lambda-go prints of it name the same place', () => {
		const json = of(
			JSON.stringify({
				errorMessage: 'runtime error: index out of range [5] with length 3',
				errorType: 'boundsError',
				stackTrace: [
					{
						path: 'github.com/aws/aws-lambda-go@v1.47.0/lambda/errors.go',
						line: 39,
						label: 'lambdaPanicResponse',
					},
					{ path: '/usr/local/go/src/runtime/panic.go', line: 770, label: 'gopanic' },
					{ path: 'build/cmd/orders/main.go', line: 40, label: '(*Service).Total' },
				],
			}),
		);
		expect(json).toMatchObject({
			language: 'go',
			errorType: 'boundsError',
			topFrame: '(*Service).Total (build/cmd/orders/main.go)',
		});
	});
});

describe('different errors', () => {
	const pairs: [string, string, string][] = [
		['another key', python(30, 'body'), python(30, 'detail')],
		[
			'another HTTP status',
			'Error: Request failed with status code 401',
			'Error: Request failed with status code 500',
		],
		[
			'another property',
			"TypeError: Cannot read properties of undefined (reading 'a')",
			"TypeError: Cannot read properties of undefined (reading 'b')",
		],
		['another type', 'RangeError: bad value', 'TypeError: bad value'],
		[
			'another errno',
			'OSError: [Errno 2] No such file or directory',
			'OSError: [Errno 13] No such file or directory',
		],
		[
			'another place',
			'Error: x\n    at read (/var/task/a.js:1:2)',
			'Error: x\n    at write (/var/task/a.js:1:2)',
		],
		[
			'another caller of a helper',
			'Error: x\n    at get (/var/task/http.js:1:2)\n    at pay (/var/task/a.js:1:2)',
			'Error: x\n    at get (/var/task/http.js:1:2)\n    at ship (/var/task/a.js:1:2)',
		],
		['another cause', java(1, '1').replace('OutOfStockException', 'ClosedException'), java(1, '1')],
		[
			'time-out and exit',
			'x Task timed out after 3.00 seconds',
			'RequestId: 1 Error: Runtime exited with error: signal: killed',
		],
	];
	it.each(pairs)('%s: stay apart', (_name, first, second) => {
		expect(of(first).hash).not.toBe(of(second).hash);
	});
});

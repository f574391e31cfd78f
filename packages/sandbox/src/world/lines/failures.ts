import type { Language } from '../functionConfiguration.ts';

/** One way to fail: the exception's class, its message, and the frames of its stack. */
export interface FailureText {
	readonly errorType: string;
	readonly message: string;
	/** Innermost first. */
	readonly frames: readonly string[];
}

const node = (file: string, name: string, line: number, column: number) =>
	`at ${name} (file:///var/task/${file}:${line}:${column})`;

/** Failures of an ordinary day. */
export const everyday: Readonly<Record<Language, readonly FailureText[]>> = {
	node: [
		{
			errorType: 'ValidationError',
			message: 'basket {h8} has no delivery address',
			frames: [
				node('src/basket.mjs', 'assertDeliverable', 41, 11),
				node('src/routes/orders.mjs', 'placeOrder', 88, 5),
				node('index.mjs', 'Runtime.handler', 27, 18),
			],
		},
		{
			errorType: 'ConditionalCheckFailedException',
			message: 'The conditional request failed',
			frames: [
				node('node_modules/@aws-sdk/client-dynamodb/dist-es/index.js', 'throwDefaultError', 8, 22),
				node('src/store/orders.mjs', 'OrderStore.save', 63, 9),
				node('index.mjs', 'Runtime.handler', 31, 7),
			],
		},
	],
	python: [
		{
			errorType: 'KeyError',
			message: "'delivery_slot'",
			frames: [
				'File "/var/task/basket/model.py", line 57, in slot\n    return self.raw["delivery_slot"]',
				'File "/var/task/app.py", line 31, in handler\n    return respond(plan(event))',
			],
		},
		{
			errorType: 'ReadTimeout',
			message:
				"HTTPSConnectionPool(host='api.carrier.example', port=443): Read timed out. (read timeout=3)",
			frames: [
				'File "/opt/python/requests/adapters.py", line 635, in send\n    raise ReadTimeout(e, request=request)',
				'File "/var/task/carrier/client.py", line 72, in quote\n    answer = self.session.post(url, json=body, timeout=3)',
				'File "/var/task/app.py", line 44, in handler\n    quote = carrier.quote(parcel)',
			],
		},
	],
	java: [
		{
			errorType: 'java.lang.IllegalStateException',
			message: 'Order {h8} is already settled',
			frames: [
				'at io.meridian.settlement.Order.settle(Order.java:118)',
				'at io.meridian.settlement.SettlementService.run(SettlementService.java:64)',
				'at io.meridian.Handler.handleRequest(Handler.java:39)',
			],
		},
	],
	go: [
		{
			errorType: 'errorString',
			message: 'lookup {h8}: no such address',
			frames: ['main.(*Lookup).Find /build/lookup/find.go:71', 'main.handle /build/main.go:42'],
		},
	],
	dotnet: [
		{
			errorType: 'System.InvalidOperationException',
			message: 'Sequence contains no matching element',
			frames: [
				'at System.Linq.ThrowHelper.ThrowNoMatchException()',
				'at Meridian.Pricing.RuleBook.Find(String sku) in /src/Pricing/RuleBook.cs:line 84',
				'at Meridian.Function.FunctionHandler(Request request, ILambdaContext context) in /src/Function.cs:line 36',
			],
		},
	],
	rust: [
		{
			errorType: 'search::QueryError',
			message: 'unbalanced quote in query {h8}',
			frames: ['search::parse::query (src/parse.rs:133)', 'search::handler (src/main.rs:58)'],
		},
	],
};

/** What a release brings; another one each time, so that it is new. */
export const released: Readonly<Record<Language, readonly FailureText[]>> = {
	node: [
		{
			errorType: 'TypeError',
			message: "Cannot read properties of undefined (reading 'preferences')",
			frames: [
				node('src/profile/merge.mjs', 'mergePreferences', 19, 34),
				node('src/profile/load.mjs', 'loadProfile', 52, 10),
				node('index.mjs', 'Runtime.handler', 22, 20),
			],
		},
		{
			errorType: 'RangeError',
			message: 'Invalid time value',
			frames: [
				'at Date.toISOString (<anonymous>)',
				node('src/profile/birthday.mjs', 'nextBirthday', 33, 21),
				node('src/profile/load.mjs', 'loadProfile', 58, 15),
				node('index.mjs', 'Runtime.handler', 22, 20),
			],
		},
		{
			errorType: 'SyntaxError',
			message: 'Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON',
			frames: [
				'at JSON.parse (<anonymous>)',
				node('src/loyalty/client.mjs', 'readAnswer', 27, 17),
				node('index.mjs', 'Runtime.handler', 25, 9),
			],
		},
	],
	python: [
		{
			errorType: 'AttributeError',
			message: "'NoneType' object has no attribute 'embedding'",
			frames: [
				'File "/var/task/ranker/score.py", line 88, in score\n    return dot(item.embedding, user.embedding)',
				'File "/var/task/ranker/rank.py", line 41, in rank\n    scored = [(score(i, user), i) for i in items]',
				'File "/var/task/app.py", line 29, in handler\n    return rank(event["items"], user)',
			],
		},
		{
			errorType: 'ValueError',
			message: 'operands could not be broadcast together with shapes ({n3},) (512,)',
			frames: [
				'File "/var/task/ranker/score.py", line 92, in dot\n    return (left * right).sum()',
				'File "/var/task/app.py", line 29, in handler\n    return rank(event["items"], user)',
			],
		},
		{
			errorType: 'ModuleNotFoundError',
			message: "No module named 'orjson'",
			frames: [
				'File "/var/task/ranker/codec.py", line 3, in <module>\n    import orjson',
				'File "/var/task/app.py", line 12, in handler\n    from ranker.codec import decode',
			],
		},
	],
	java: [
		{
			errorType: 'java.lang.NullPointerException',
			message: 'Cannot invoke "io.meridian.tax.Region.rate()" because "region" is null',
			frames: [
				'at io.meridian.tax.Calculator.rateOf(Calculator.java:77)',
				'at io.meridian.tax.Calculator.total(Calculator.java:51)',
				'at io.meridian.Handler.handleRequest(Handler.java:44)',
				'at java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)',
			],
		},
		{
			errorType: 'java.lang.NoSuchMethodError',
			message: "'java.lang.String io.meridian.tax.Line.vatCode()'",
			frames: [
				'at io.meridian.tax.Exporter.row(Exporter.java:38)',
				'at io.meridian.Handler.handleRequest(Handler.java:52)',
			],
		},
		{
			errorType: 'java.lang.ArithmeticException',
			message: 'Non-terminating decimal expansion; no exact representable decimal result.',
			frames: [
				'at java.base/java.math.BigDecimal.divide(BigDecimal.java:1766)',
				'at io.meridian.tax.Share.of(Share.java:25)',
				'at io.meridian.Handler.handleRequest(Handler.java:44)',
			],
		},
	],
	go: [
		{
			errorType: 'boundsError',
			message: 'runtime error: index out of range [3] with length 3',
			frames: [
				'main.splitLine /build/address/split.go:58',
				'main.(*Lookup).Find /build/lookup/find.go:66',
				'main.handle /build/main.go:42',
			],
		},
		{
			errorType: 'wrapError',
			message: 'geocode {h8}: context deadline exceeded',
			frames: ['main.(*Geocoder).Ask /build/geo/ask.go:91', 'main.handle /build/main.go:47'],
		},
		{
			errorType: 'plainError',
			message: 'assignment to entry in nil map',
			frames: ['main.(*Cache).Put /build/cache/put.go:22', 'main.handle /build/main.go:49'],
		},
	],
	dotnet: [
		{
			errorType: 'System.NullReferenceException',
			message: 'Object reference not set to an instance of an object.',
			frames: [
				'at Meridian.Loyalty.Tier.Next(Member member) in /src/Loyalty/Tier.cs:line 47',
				'at Meridian.Function.FunctionHandler(SQSEvent batch, ILambdaContext context) in /src/Function.cs:line 29',
			],
		},
		{
			errorType: 'System.FormatException',
			message: "The input string '{n3},{n2}' was not in a correct format.",
			frames: [
				'at System.Number.ThrowFormatException[TChar](ReadOnlySpan`1 value)',
				'at Meridian.Loyalty.Points.Parse(String text) in /src/Loyalty/Points.cs:line 18',
				'at Meridian.Function.FunctionHandler(SQSEvent batch, ILambdaContext context) in /src/Function.cs:line 33',
			],
		},
		{
			errorType: 'System.Collections.Generic.KeyNotFoundException',
			message: "The given key 'tier-{n1}' was not present in the dictionary.",
			frames: [
				'at System.Collections.Generic.Dictionary`2.get_Item(TKey key)',
				'at Meridian.Loyalty.Benefits.Of(String tier) in /src/Loyalty/Benefits.cs:line 61',
				'at Meridian.Function.FunctionHandler(SQSEvent batch, ILambdaContext context) in /src/Function.cs:line 35',
			],
		},
	],
	rust: [
		{
			errorType: 'search::IndexError',
			message: 'segment {h8} is of version 4, expected 3',
			frames: ['search::index::open (src/index.rs:74)', 'search::handler (src/main.rs:51)'],
		},
	],
};

/** The stock ledger is down: each language says it in its own words. */
export const dependencyDown: Readonly<Record<Language, FailureText>> = {
	node: {
		errorType: 'Error',
		message: 'connect ECONNREFUSED 10.42.17.8:8443 (stock-ledger.internal)',
		frames: [
			'at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1637:16)',
			node('src/ledger/client.mjs', 'StockLedger.reserve', 44, 12),
			node('index.mjs', 'Runtime.handler', 19, 14),
		],
	},
	python: {
		errorType: 'ConnectionError',
		message:
			"HTTPSConnectionPool(host='stock-ledger.internal', port=8443): Max retries exceeded with url: /v2/reservations",
		frames: [
			'File "/opt/python/requests/adapters.py", line 622, in send\n    raise ConnectionError(e, request=request)',
			'File "/var/task/ledger/client.py", line 38, in reserve\n    return self.session.post(url, json=body, timeout=2)',
			'File "/var/task/app.py", line 21, in handler\n    ledger.reserve(order)',
		],
	},
	java: {
		errorType: 'java.net.ConnectException',
		message: 'Connection refused: stock-ledger.internal/10.42.17.8:8443',
		frames: [
			'at java.net.http/jdk.internal.net.http.HttpClientImpl.send(HttpClientImpl.java:957)',
			'at io.meridian.ledger.StockLedger.reserve(StockLedger.java:58)',
			'at io.meridian.Handler.handleRequest(Handler.java:33)',
		],
	},
	go: {
		errorType: 'OpError',
		message: 'dial tcp 10.42.17.8:8443: connect: connection refused',
		frames: ['main.(*Ledger).Reserve /build/ledger/reserve.go:47', 'main.handle /build/main.go:38'],
	},
	dotnet: {
		errorType: 'System.Net.Http.HttpRequestException',
		message: 'Connection refused (stock-ledger.internal:8443)',
		frames: [
			'at System.Net.Http.HttpConnectionPool.ConnectToTcpHostAsync(String host, Int32 port, HttpRequestMessage initialRequest, Boolean async, CancellationToken cancellationToken)',
			'at Meridian.Ledger.StockLedger.Reserve(Order order) in /src/Ledger/StockLedger.cs:line 52',
			'at Meridian.Function.FunctionHandler(Request request, ILambdaContext context) in /src/Function.cs:line 41',
		],
	},
	rust: {
		errorType: 'reqwest::Error',
		message: 'error sending request for url (https://stock-ledger.internal:8443/v2/reservations)',
		frames: ['ledger::reserve (src/ledger.rs:40)', 'handler (src/main.rs:33)'],
	},
};

import { HttpResponse, type HttpRequest } from '@smithy/core/protocols';
import fc from 'fast-check';

import type { WireRequest, WireResponse } from '../message.ts';
import type { Protocol } from '../protocol.ts';
import type { Operation } from '../shape.ts';
import { valueOf, type ValueOptions } from './arbitrary.ts';

type Values = Readonly<Record<string, unknown>>;

interface SendingClient {
	send(command: object): Promise<object>;
}

export interface RoundTripOptions {
	readonly sdk: Readonly<Record<string, unknown>>;
	/** A real SDK client over the given request handler. */
	readonly client: (requestHandler: object) => SendingClient;
	readonly protocol: Protocol;
	readonly operations: ReadonlyMap<string, Operation>;
	readonly values: ValueOptions;
	readonly runs: number;
	readonly seed: number;
	/** Members that the client itself adds to some inputs. */
	readonly addedByClient?: readonly string[];
}

export interface RoundTripResult {
	readonly operations: number;
	/** Values compared: an input and an output for each run of each operation. */
	readonly compared: number;
	/** Operations with an event stream, which no plain answer can carry. */
	readonly streaming: readonly string[];
}

/**
 * Sends random input of every operation through a real client to the server's protocol and random
 * output back, and requires both to arrive unchanged. Throws fast-check's counterexample.
 */
export async function roundTrip(options: RoundTripOptions): Promise<RoundTripResult> {
	const exchange = new Exchange(options.protocol, options.operations);
	const client = options.client(exchange);
	const added = options.addedByClient ?? [];
	const streaming: string[] = [];
	let operations = 0;
	let compared = 0;
	for (const operation of options.operations.values()) {
		if (hasEventStream(operation)) {
			streaming.push(operation.name);
			continue;
		}
		const Command = options.sdk[`${operation.name}Command`] as new (input: Values) => object;
		const input = valueOf(operation.input, options.values) as fc.Arbitrary<Values>;
		const output = valueOf(operation.output, options.values) as fc.Arbitrary<Values>;
		operations += 1;
		await fc.assert(
			fc.asyncProperty(input, output, async (sent, answer) => {
				exchange.answer = answer;
				const received = await client.send(new Command(structuredClone(sent)));
				same(`${operation.name} input`, plain(sent), plain(without(exchange.seen, sent, added)));
				same(`${operation.name} output`, plain(answer), plain(received));
				compared += 2;
			}),
			{ numRuns: options.runs, seed: options.seed },
		);
	}
	return { operations, compared, streaming };
}

/** A request handler without a network: decodes with the server's protocol, answers what it is told. */
class Exchange {
	answer: Values = {};
	seen: Values = {};
	readonly metadata = { handlerProtocol: 'http/1.1' };
	readonly #protocol: Protocol;
	readonly #operations: ReadonlyMap<string, Operation>;

	constructor(protocol: Protocol, operations: ReadonlyMap<string, Operation>) {
		this.#protocol = protocol;
		this.#operations = operations;
	}

	async handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
		const wire = wireRequest(request);
		const matched = this.#protocol.match(wire);
		if (matched === null) throw new Error(`no operation for ${wire.method} ${wire.path}`);
		this.seen = matched.readInput();
		const operation = this.#operations.get(matched.operation);
		if (operation === undefined) throw new Error(`unknown operation ${matched.operation}`);
		return { response: httpResponse(this.#protocol.writeOutput(operation, this.answer, 'id-1')) };
	}

	updateHttpClientConfig(): void {}

	httpHandlerConfigs(): object {
		return {};
	}

	destroy(): void {}
}

/** The request as it would come over the wire. */
function wireRequest(request: HttpRequest): WireRequest {
	const query = Object.entries(request.query ?? {})
		.flatMap(([name, value]) =>
			(Array.isArray(value) ? value : [value]).map(
				(text) => `${encodeURIComponent(name)}=${encodeURIComponent(text ?? '')}`,
			),
		)
		.join('&');
	const body = request.body as string | Uint8Array | undefined;
	return {
		method: request.method,
		path: request.path,
		query,
		headers: Object.fromEntries(
			Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
		),
		body: body === undefined ? Buffer.alloc(0) : Buffer.from(body),
	};
}

function httpResponse(response: WireResponse): HttpResponse {
	return new HttpResponse({
		statusCode: response.status,
		headers: { ...response.headers },
		body: new Uint8Array(Buffer.from(response.body)),
	});
}

function hasEventStream(operation: Operation): boolean {
	return [operation.input, operation.output].some(
		(shape) => shape.kind === 'struct' && shape.members.some((member) => member.streaming),
	);
}

function same(what: string, expected: unknown, got: unknown): void {
	const [a, b] = [JSON.stringify(expected), JSON.stringify(got)];
	if (a !== b) throw new Error(`${what}\n  sent ${a}\n  came ${b}`);
}

/** Values as comparable JSON: keys sorted, dates and bytes marked, absent members dropped. */
function plain(value: unknown): unknown {
	if (value instanceof Date) return `date ${value.getTime()}`;
	if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
	if (value instanceof String) return value.toString();
	if (typeof value === 'bigint') return `bigint ${value}`;
	if (typeof value === 'number' && !Number.isFinite(value)) return `number ${value}`;
	if (Array.isArray(value)) return value.map(plain);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name, entry]) => name !== '$metadata' && entry !== undefined && entry !== null)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([name, entry]) => [name, plain(entry)]),
	);
}

function without(seen: Values, sent: Values, names: readonly string[]): Values {
	return Object.fromEntries(
		Object.entries(seen).filter(([name]) => Object.hasOwn(sent, name) || !names.includes(name)),
	);
}

import { fromJson, parseJsonBody, structFromJson, structToJson, toJson } from './json.ts';
import type { WireRequest, WireResponse } from './message.ts';
import type { OutgoingError, Protocol, ProtocolModel } from './protocol.ts';
import { readOutside, writeOutside } from './restMembers.ts';
import { compareRoutes, compileRoute, matchRoute, type Route } from './restRoute.ts';
import type { Member, Operation, Shape } from './shape.ts';

const settings = { jsonNames: true };

type Values = Readonly<Record<string, unknown>>;

/** REST-JSON: method and path name the operation; members travel in path, query, headers and body. */
export function restJsonProtocol(model: ProtocolModel): Protocol {
	const routes = [...model.operations.values()].map(compileRoute).sort(compareRoutes);
	return {
		kind: 'rest-json',
		match(request) {
			for (const route of routes) {
				const labels = matchRoute(route, request);
				if (labels === null) continue;
				return {
					operation: route.operation.name,
					readInput: () => readInput(route, labels, request),
				};
			}
			return null;
		},
		writeOutput: (operation, output, requestId) =>
			withRequestId(writeMembers(operation.output, output, successStatus(operation)), requestId),
		writeError: (error, requestId) => withRequestId(writeError(error), requestId),
	};
}

function successStatus(operation: Operation): number {
	return operation.http?.[2] ?? 200;
}

function withRequestId(response: WireResponse, requestId: string): WireResponse {
	return { ...response, headers: { ...response.headers, 'x-amzn-requestid': requestId } };
}

function readInput(
	route: Route,
	labels: ReadonlyMap<string, string>,
	request: WireRequest,
): Record<string, unknown> {
	const { input } = route.operation;
	if (input.kind === 'unit') return {};
	const query = new URLSearchParams(request.query);
	const { values, inside } = readOutside(input.members, { labels, query, request });
	const inBody: Member[] = [];
	for (const member of inside) {
		if (!member.traits.httpPayload) {
			inBody.push(member);
			continue;
		}
		const value = fromPayload(member, request.body);
		if (value !== undefined) values[member.name] = value;
	}
	if (inBody.length === 0) return values;
	return { ...values, ...structFromJson(inBody, parseJsonBody(request.body), settings) };
}

function fromPayload(member: Member, body: Buffer): unknown {
	if (body.length === 0) return undefined;
	if (member.shape.kind === 'blob') return new Uint8Array(body);
	if (member.shape.kind === 'string') return body.toString('utf8');
	return fromJson(member.shape, parseJsonBody(body), settings);
}

function writeMembers(shape: Shape, output: Values, status: number): WireResponse {
	const headers: Record<string, string> = { 'content-type': 'application/json' };
	const outside = writeOutside(shape, output, headers);
	const inBody = outside.inside.filter(({ traits }) => !traits.httpPayload);
	const payload = outside.inside.find(({ traits }) => traits.httpPayload);
	const body =
		payload !== undefined
			? writePayload(payload, output[payload.name], headers)
			: shape.kind === 'unit'
				? ''
				: JSON.stringify(structToJson(inBody, output, settings));
	return { status: outside.status ?? status, headers, body };
}

function writePayload(
	member: Member,
	value: unknown,
	headers: Record<string, string>,
): string | Buffer {
	if (value === undefined || value === null) return '';
	if (member.shape.kind === 'blob') {
		headers['content-type'] = 'application/octet-stream';
		return Buffer.from(value as Uint8Array);
	}
	if (member.shape.kind === 'string') {
		headers['content-type'] = 'text/plain';
		return value as string;
	}
	return JSON.stringify(toJson(member.shape, value, settings));
}

/** The code goes into a header; the message's key is `message` in modelled errors, else `Message`. */
function writeError(error: OutgoingError): WireResponse {
	const type = { 'x-amzn-errortype': error.shape?.name ?? error.code };
	if (error.shape === null) {
		return {
			status: error.status,
			headers: { 'content-type': 'application/json', ...type, ...error.headers },
			body: JSON.stringify({ Message: error.message }),
		};
	}
	const { shape } = error.shape;
	const messageName = shape.member('Message') === null ? 'message' : 'Message';
	const members = { ...error.members, [messageName]: error.message };
	const written = writeMembers(shape, members, error.status);
	return { ...written, headers: { ...written.headers, ...type, ...error.headers } };
}

import { fromJson, parseJsonBody, structFromJson, structToJson, toJson } from './json.ts';
import type { WireRequest, WireResponse } from './message.ts';
import type { OutgoingError, Protocol, ProtocolModel } from './protocol.ts';
import { compareRoutes, compileRoute, matchRoute, type Route } from './restRoute.ts';
import { headerText, scalarFromText } from './restText.ts';
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
	const out: Record<string, unknown> = {};
	const inBody: Member[] = [];
	const query = new URLSearchParams(request.query);
	for (const member of input.members) {
		const { traits } = member;
		let value: unknown;
		if (traits.httpLabel) value = scalarFromText(member, labels.get(member.name) ?? '');
		else if (traits.httpQuery !== undefined) value = fromQueryString(member, query);
		else if (traits.httpQueryParams) value = Object.fromEntries(query);
		else if (traits.httpHeader !== undefined) value = fromHeader(member, request);
		else if (traits.httpPrefixHeaders !== undefined) value = fromPrefixHeaders(member, request);
		else if (traits.httpPayload) value = fromPayload(member, request.body);
		else inBody.push(member);
		if (value !== undefined) out[member.name] = value;
	}
	if (inBody.length === 0) return out;
	return { ...out, ...structFromJson(inBody, parseJsonBody(request.body), settings) };
}

function fromQueryString(member: Member, query: URLSearchParams): unknown {
	const name = member.traits.httpQuery ?? '';
	if (!query.has(name)) return undefined;
	if (member.shape.kind !== 'list') return scalarFromText(member, query.get(name) ?? '');
	const element = elementMember(member);
	return query.getAll(name).map((text) => scalarFromText(element, text));
}

function elementMember(member: Member): Member {
	return { ...member, shape: member.shape.value };
}

function fromHeader(member: Member, request: WireRequest): unknown {
	const text = request.headers[(member.traits.httpHeader ?? '').toLowerCase()];
	if (text === undefined) return undefined;
	if (member.shape.kind !== 'list') return scalarFromText(member, text);
	const element = elementMember(member);
	return text.split(',').map((part) => scalarFromText(element, part.trim()));
}

function fromPrefixHeaders(member: Member, request: WireRequest): unknown {
	const prefix = (member.traits.httpPrefixHeaders ?? '').toLowerCase();
	const found = Object.entries(request.headers).filter(([name]) => name.startsWith(prefix));
	return found.length === 0
		? undefined
		: Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

function fromPayload(member: Member, body: Buffer): unknown {
	if (body.length === 0) return undefined;
	if (member.shape.kind === 'blob') return new Uint8Array(body);
	if (member.shape.kind === 'string') return body.toString('utf8');
	return fromJson(member.shape, parseJsonBody(body), settings);
}

function writeMembers(shape: Shape, output: Values, status: number): WireResponse {
	const headers: Record<string, string> = { 'content-type': 'application/json' };
	const inBody: Member[] = [];
	let payload: string | Buffer | null = null;
	let code = status;
	for (const member of shape.kind === 'unit' ? [] : shape.members) {
		const { traits } = member;
		const value = output[member.name];
		if (traits.httpResponseCode) {
			if (typeof value === 'number') code = value;
		} else if (traits.httpHeader !== undefined) {
			if (value !== undefined && value !== null) {
				headers[traits.httpHeader.toLowerCase()] = headerText(member.shape, value);
			}
		} else if (traits.httpPrefixHeaders !== undefined) {
			for (const [name, text] of Object.entries((value ?? {}) as Record<string, string>)) {
				headers[`${traits.httpPrefixHeaders}${name}`.toLowerCase()] = text;
			}
		} else if (traits.httpPayload) {
			payload = writePayload(member, value, headers);
		} else {
			inBody.push(member);
		}
	}
	const body =
		payload ??
		(shape.kind === 'unit' ? '' : JSON.stringify(structToJson(inBody, output, settings)));
	return { status: code, headers, body };
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

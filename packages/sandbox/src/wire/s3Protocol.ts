import type { WireRequest, WireResponse } from './message.ts';
import type { OutgoingError, Protocol, ProtocolModel } from './protocol.ts';
import { readOutside, writeOutside } from './restMembers.ts';
import { compareRoutes, compileRoute, matchRoute, type Route } from './restRoute.ts';
import type { Operation, Shape } from './shape.ts';
import { escapeXml, structToXml } from './xml.ts';

interface S3Options extends ProtocolModel {
	readonly xmlNamespace: string;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * REST-XML as S3 speaks it, buckets in the path. Only operations that are asked without a document
 * are read: what lies in the buckets is the world's, and nobody writes there.
 */
export function s3Protocol(options: S3Options): Protocol {
	const routes = [...options.operations.values()]
		.map((operation) => withoutName(compileRoute(operation)))
		.sort(compareRoutes);
	return {
		kind: 'rest-xml',
		match(request) {
			const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/.exec(request.path) ?? [];
			const within: WireRequest = { ...request, path: `/${key}` };
			for (const route of routes) {
				if (!fits(route, within, key)) continue;
				const labels = matchRoute(route, within);
				if (labels === null) continue;
				const all = new Map([...labels, ['Bucket', decodeURIComponent(bucket)]]);
				return {
					operation: route.operation.name,
					readInput: () => readInput(route.operation, all, within),
				};
			}
			return null;
		},
		writeOutput: (operation, output, requestId) =>
			withIds(writeOutput(operation, output, options.xmlNamespace), requestId),
		writeError: (error, requestId) => withIds(writeError(error, requestId), requestId),
	};
}

/** `x-id` names the operation for the eyes of people; not every client sends it. */
function withoutName(route: Route): Route {
	return { ...route, constants: route.constants.filter(([name]) => name !== 'x-id') };
}

/** A bucket's operations have no key; an object's have one. */
function fits(route: Route, request: WireRequest, key: string): boolean {
	if (route.labels.includes('Key') !== (key !== '')) return false;
	// Where the client names it, that tells apart those that share a route.
	const named = new URLSearchParams(request.query).get('x-id');
	return named === null || named === route.operation.name;
}

function readInput(
	operation: Operation,
	labels: ReadonlyMap<string, string>,
	request: WireRequest,
): Record<string, unknown> {
	const { input } = operation;
	if (input.kind === 'unit') return {};
	const query = new URLSearchParams(request.query);
	return readOutside(input.members, { labels, query, request }).values;
}

function writeOutput(operation: Operation, output: Values, namespace: string): WireResponse {
	const headers: Record<string, string> = {};
	const { status, inside } = writeOutside(operation.output, output, headers);
	const code = status ?? operation.http?.[2] ?? 200;
	const payload = inside.find(({ traits }) => traits.httpPayload);
	if (payload !== undefined) {
		return { status: code, headers, body: Buffer.from((output[payload.name] ?? []) as Uint8Array) };
	}
	if (inside.length === 0) return { status: code, headers, body: '' };
	headers['content-type'] = 'application/xml';
	const name = rootName(operation.output);
	const document = structToXml({ members: inside }, output);
	return { status: code, headers, body: `<${name} xmlns="${namespace}">${document}</${name}>` };
}

function rootName(shape: Shape): string {
	return shape.traits.xmlName ?? shape.name;
}

function withIds(response: WireResponse, requestId: string): WireResponse {
	return { ...response, headers: { ...response.headers, 'x-amz-request-id': requestId } };
}

function writeError(error: OutgoingError, requestId: string): WireResponse {
	const { code, message } = error;
	return {
		status: error.status,
		headers: { 'content-type': 'application/xml', ...error.headers },
		body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message><RequestId>${requestId}</RequestId></Error>`,
	};
}

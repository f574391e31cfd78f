import { fromJson, parseJsonBody, structToJson, toJson, type JsonSettings } from './json.ts';
import type { OutgoingError, Protocol, ProtocolModel } from './protocol.ts';

interface JsonProtocolOptions extends ProtocolModel {
	readonly version: '1.0' | '1.1';
	/** What stands before the dot in X-Amz-Target. */
	readonly target: string;
	/** Errors also carry their older query code in a header. */
	readonly queryCompatible: boolean;
}

const settings: JsonSettings = { jsonNames: false };

/** AWS JSON 1.0 and 1.1: POST, the operation in X-Amz-Target, JSON both ways. */
export function jsonProtocol(options: JsonProtocolOptions): Protocol {
	const contentType = `application/x-amz-json-${options.version}`;
	return {
		kind: 'json',
		match(request) {
			// Clients of older services put a Java package in front: com.amazonaws.cloudtrail.v20131101.
			const parts = (request.headers['x-amz-target'] ?? '').split('.');
			const [target = '', name = ''] = parts.slice(-2);
			const operation = target === options.target ? options.operations.get(name) : undefined;
			if (operation === undefined) return null;
			return {
				operation: name,
				readInput: () =>
					fromJson(operation.input, parseJsonBody(request.body), settings) as Record<
						string,
						unknown
					>,
			};
		},
		writeOutput: (operation, output, requestId) => ({
			status: 200,
			headers: { 'content-type': contentType, 'x-amzn-requestid': requestId },
			body: JSON.stringify(toJson(operation.output, output, settings)),
		}),
		writeError: (error, requestId) => ({
			status: error.status,
			headers: {
				'content-type': contentType,
				'x-amzn-requestid': requestId,
				...(options.queryCompatible ? { 'x-amzn-query-error': queryError(error) } : {}),
				...error.headers,
			},
			body: JSON.stringify(errorBody(error, options.version)),
		}),
	};
}

function queryError(error: OutgoingError): string {
	return `${error.shape?.queryCode ?? error.code};${error.status < 500 ? 'Sender' : 'Receiver'}`;
}

/** JSON 1.0 services name an error with its namespace; errors outside the model spell `Message` large. */
function errorBody(error: OutgoingError, version: '1.0' | '1.1'): unknown {
	const { shape } = error;
	if (shape === null) return { __type: error.code, Message: error.message };
	const type = version === '1.0' ? `${shape.namespace}#${shape.name}` : shape.name;
	const members = structToJson(shape.shape.members, error.members, settings);
	return { __type: type, ...members, message: error.message };
}

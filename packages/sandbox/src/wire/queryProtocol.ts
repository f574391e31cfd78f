import type { OutgoingError, Protocol, ProtocolModel } from './protocol.ts';
import { fromQuery, type QuerySettings } from './query.ts';
import { escapeXml, structToXml } from './xml.ts';

interface QueryProtocolOptions extends ProtocolModel {
	readonly xmlNamespace: string;
	readonly version: string;
}

/** The query protocol: a form in, XML out, the result wrapped in `<OperationResult>`. */
export function queryProtocol(options: QueryProtocolOptions): Protocol {
	return {
		kind: 'query',
		match: matcher(options, { ec2: false }),
		writeOutput(operation, output, requestId) {
			const { name } = operation;
			const result =
				operation.output.kind === 'unit'
					? ''
					: `<${name}Result>${structToXml(operation.output, output)}</${name}Result>`;
			const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
			return {
				status: 200,
				headers: xmlHeaders(requestId),
				body: `<${name}Response xmlns="${options.xmlNamespace}">${result}${metadata}</${name}Response>`,
			};
		},
		writeError: (error, requestId) => ({
			status: error.status,
			headers: { ...xmlHeaders(requestId), ...error.headers },
			body: queryErrorXml(error, options.xmlNamespace, requestId),
		}),
	};
}

/** EC2's flavour: no result wrapper, lists flattened in requests, errors in a list of their own. */
export function ec2Protocol(options: QueryProtocolOptions): Protocol {
	return {
		kind: 'ec2',
		match: matcher(options, { ec2: true }),
		writeOutput(operation, output, requestId) {
			const { name } = operation;
			const members = operation.output.kind === 'unit' ? '' : structToXml(operation.output, output);
			return {
				status: 200,
				headers: xmlHeaders(requestId),
				body: `<${name}Response xmlns="${options.xmlNamespace}"><requestId>${requestId}</requestId>${members}</${name}Response>`,
			};
		},
		writeError: (error, requestId) => ({
			status: error.status,
			headers: { ...xmlHeaders(requestId), ...error.headers },
			body: `<Response><Errors><Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`,
		}),
	};
}

function matcher(options: QueryProtocolOptions, settings: QuerySettings): Protocol['match'] {
	return (request) => {
		// Parameters come as a form, or in the URL of a GET, which the protocol also allows.
		const text = request.method === 'GET' ? request.query : request.body.toString('utf8');
		const params = new URLSearchParams(text);
		const name = params.get('Action') ?? '';
		const operation = options.operations.get(name);
		const version = params.get('Version');
		if (operation === undefined || (version !== null && version !== options.version)) return null;
		return {
			operation: name,
			readInput: () => fromQuery(operation.input, params, settings),
		};
	};
}

function xmlHeaders(requestId: string): Record<string, string> {
	return { 'content-type': 'text/xml', 'x-amzn-requestid': requestId };
}

function queryErrorXml(error: OutgoingError, namespace: string, requestId: string): string {
	const side = error.status < 500 ? 'Sender' : 'Receiver';
	const code = error.shape?.queryCode ?? error.code;
	const members =
		error.shape === null ? '' : structToXml(error.shape.shape, withoutMessage(error.members));
	return (
		`<ErrorResponse xmlns="${namespace}"><Error><Type>${side}</Type><Code>${code}</Code>` +
		`<Message>${escapeXml(error.message)}</Message>${members}</Error>` +
		`<RequestId>${requestId}</RequestId></ErrorResponse>`
	);
}

function withoutMessage(members: OutgoingError['members']): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(members).filter(([name]) => name.toLowerCase() !== 'message'),
	);
}

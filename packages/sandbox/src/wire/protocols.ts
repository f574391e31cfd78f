import { jsonProtocol } from './jsonProtocol.ts';
import type { WireRequest } from './message.ts';
import type { Protocol, ProtocolModel } from './protocol.ts';
import { ec2Protocol, queryProtocol } from './queryProtocol.ts';
import { restJsonProtocol } from './restJsonProtocol.ts';
import { s3Protocol } from './s3Protocol.ts';
import type { Service } from './service.ts';
import { errorsOf, operationsOf } from './shape.ts';

/** The parts of a client's protocol object that matter here; they are not in its public types. */
interface ClientProtocol {
	getShapeId(): string;
	readonly serviceTarget?: string;
	readonly awsQueryCompatible?: boolean;
	readonly options: { readonly xmlNamespace?: string; readonly version?: string };
}

export interface ServiceProtocols extends ProtocolModel {
	/** The one for this request. */
	readonly choose: (request: WireRequest) => Protocol;
}

/** The protocols of a service as its SDK client speaks them, plus the older query protocol if it has one. */
export function protocolsOf(service: Service): ServiceProtocols {
	const model: ProtocolModel = {
		operations: operationsOf(service.sdk),
		errors: errorsOf(service.sdk),
	};
	const client = new service.client({
		region: 'us-east-1',
		credentials: { accessKeyId: 'schema', secretAccessKey: 'schema' },
	});
	const main = mainProtocol(client.config.protocol as ClientProtocol, model);
	if (service.alsoQuery === null) return { ...model, choose: () => main };
	const older = queryProtocol({ ...model, ...service.alsoQuery });
	return { ...model, choose: (request) => (isForm(request) ? older : main) };
}

function mainProtocol(client: ClientProtocol, model: ProtocolModel): Protocol {
	const { xmlNamespace = '', version = '' } = client.options;
	switch (client.getShapeId()) {
		case 'aws.protocols#awsJson1_0':
		case 'aws.protocols#awsJson1_1':
			return jsonProtocol({
				...model,
				version: client.getShapeId().endsWith('1_0') ? '1.0' : '1.1',
				target: client.serviceTarget ?? '',
				queryCompatible: client.awsQueryCompatible === true,
			});
		case 'aws.protocols#awsQuery':
			return queryProtocol({ ...model, xmlNamespace, version });
		case 'aws.protocols#ec2Query':
			return ec2Protocol({ ...model, xmlNamespace, version });
		case 'aws.protocols#restJson1':
			return restJsonProtocol(model);
		case 'aws.protocols#restXml':
			return s3Protocol({ ...model, xmlNamespace });
		default:
			throw new Error(`no server side for the protocol ${client.getShapeId()}`);
	}
}

function isForm(request: WireRequest): boolean {
	const type = request.headers['content-type'] ?? '';
	return type.startsWith('application/x-www-form-urlencoded');
}

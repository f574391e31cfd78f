import type { Matched, WireRequest, WireResponse } from './message.ts';
import type { ErrorShape, Operation } from './shape.ts';

/** An error on its way out: what every protocol can say about one. */
export interface OutgoingError {
	readonly code: string;
	readonly message: string;
	readonly status: number;
	readonly members: Readonly<Record<string, unknown>>;
	readonly headers: Readonly<Record<string, string>>;
	/** `null` for codes that the service's model does not list, such as throttling. */
	readonly shape: ErrorShape | null;
}

/** How one service reads requests and writes answers. */
export interface Protocol {
	readonly kind: 'json' | 'query' | 'ec2' | 'rest-json' | 'rest-xml';
	/** `null` when no operation of the service is asked for. Throws AwsError for damaged bytes. */
	match(request: WireRequest): Matched | null;
	writeOutput(
		operation: Operation,
		output: Readonly<Record<string, unknown>>,
		requestId: string,
	): WireResponse;
	writeError(error: OutgoingError, requestId: string): WireResponse;
}

/** What a service's schemas say. */
export interface ProtocolModel {
	readonly operations: ReadonlyMap<string, Operation>;
	readonly errors: ReadonlyMap<string, ErrorShape>;
}

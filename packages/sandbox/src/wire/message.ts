/** A request as it came over the wire. */
export interface WireRequest {
	readonly method: string;
	/** Undecoded, as the signature covers it. */
	readonly path: string;
	/** Undecoded, without the question mark. */
	readonly query: string;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: Buffer;
}

export interface WireResponse {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Buffer;
}

/** A decoded request: which operation, and how to get at its input. */
export interface Matched {
	readonly operation: string;
	readInput(): Readonly<Record<string, unknown>>;
}

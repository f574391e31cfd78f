/** What the first attempts of an hour are; null when nothing came, which is most hours of most functions. */
export interface FirstAttempts {
	readonly length: number;
	readonly offsetMs: Int32Array;
	readonly durationUs: Int32Array;
	readonly status: Uint8Array;
	readonly throttles: Int32Array;
}

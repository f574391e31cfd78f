/** A bill's bytes, wherever they are: a file on disk, an object in a bucket, an upload. */
export interface BillFile {
	/** File name or object key, for messages. */
	readonly name: string;
	readonly sizeBytes: number;
	/** All bytes in order. */
	stream(): AsyncIterable<Uint8Array>;
	/** The bytes from `start` up to `end`, for Parquet, whose index stands at the end. */
	slice(start: number, end: number): Promise<ArrayBuffer>;
}

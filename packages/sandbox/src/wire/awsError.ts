/** Members that the error's own schema declares beside `message`, e.g. `Type` or `retryAfterSeconds`. */
type Members = Readonly<Record<string, unknown>>;

interface AwsErrorOptions {
	/** HTTP status; by default the one in the error's schema, else 400. */
	readonly status?: number;
	readonly members?: Members;
	readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An error that AWS would answer with, by its code: `new AwsError('ResourceNotFoundException', '…')`.
 * The wire layer finds the code in the service's schemas and writes it in the protocol at hand.
 */
export class AwsError extends Error {
	override readonly name = 'AwsError';
	readonly code: string;
	/** `null` where the service's schema decides. */
	readonly status: number | null;
	readonly members: Members;
	readonly headers: Readonly<Record<string, string>>;

	constructor(code: string, message: string, options: AwsErrorOptions = {}) {
		super(message);
		this.code = code;
		this.status = options.status ?? null;
		this.members = options.members ?? {};
		this.headers = options.headers ?? {};
	}
}

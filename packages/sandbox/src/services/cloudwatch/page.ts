import { AwsError } from '../../wire/awsError.ts';

/** A token that says how many items went before; opaque to callers. */
export function writeToken(skip: number, kind: string): string {
	return Buffer.from(`${kind}:${skip}`).toString('base64url');
}

/** Items to skip; 0 without a token. Throws `InvalidNextToken` for one that is not ours. */
export function readToken(token: string | undefined, kind: string): number {
	if (token === undefined) return 0;
	const text = Buffer.from(token, 'base64url').toString();
	const skip = text.startsWith(`${kind}:`) ? Number(text.slice(kind.length + 1)) : Number.NaN;
	if (!Number.isInteger(skip) || skip < 0) {
		throw new AwsError('InvalidNextToken', 'The next token specified is invalid.');
	}
	return skip;
}

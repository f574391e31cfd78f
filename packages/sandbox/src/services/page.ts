import type { AwsError } from '../wire/awsError.ts';

/** Where a list goes on. Opaque to clients: base64url of JSON, with the kind of list in it. */
export function pageToken(list: string, position: readonly string[]): string {
	return Buffer.from(JSON.stringify([list, ...position])).toString('base64url');
}

/** The position in a token of the same list, or `null` without a token. Throws `refused` for any other text. */
export function positionOf(
	list: string,
	token: string | undefined,
	refused: () => AwsError,
): readonly string[] | null {
	if (token === undefined || token === '') return null;
	let parsed: unknown;
	try {
		parsed = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
	} catch {
		throw refused();
	}
	if (!Array.isArray(parsed) || parsed[0] !== list) throw refused();
	return parsed.slice(1).map(String);
}

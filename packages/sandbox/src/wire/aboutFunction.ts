/** The function that an input names: by name, by ARN or by its log group; `null` when it names none. */
export function aboutFunction(input: Readonly<Record<string, unknown>>): string | null {
	const name = input['FunctionName'];
	if (typeof name === 'string') return functionNameOf(name);
	const resource = input['Resource'];
	if (typeof resource === 'string' && resource.includes(':function:'))
		return functionNameOf(resource);
	const group = input['logGroupName'] ?? input['logGroupIdentifier'];
	if (typeof group !== 'string') return null;
	return /\/aws\/lambda\/(?:us-east-1\.)?([\w-]+)/.exec(group)?.[1] ?? null;
}

/** The bare name out of a name, a partial or a full ARN, qualified or not. */
export function functionNameOf(reference: string): string {
	const arn = /(?:^|:)function:([\w-]+)/.exec(reference);
	return arn?.[1] ?? reference.split(':')[0] ?? reference;
}

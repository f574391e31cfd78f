/** `function` of `arn:aws:lambda:eu-west-1:111111111111:function:orders:live`, `log-group` of a group's. */
export function resourceType(resourceId: string): string {
	const rest = arnRest(resourceId);
	const type = rest === null ? null : /^([a-z][a-z-]*)[:/]/i.exec(rest)?.[1];
	return type ?? 'resource';
}

/** The name at the end of an ARN, its qualifier taken off; what is no ARN is its own name. */
export function resourceName(resourceId: string): string {
	const rest = arnRest(resourceId);
	if (rest === null) return resourceId;
	const [, name] = /^[a-z][a-z-]*[:/](.+)$/i.exec(rest) ?? [];
	if (name === undefined) return rest;
	return rest.startsWith('function:') ? (name.split(':')[0] ?? name) : name.replace(/:\*$/, '');
}

/** What follows the account in `arn:partition:service:region:account:rest`; `null` for other ids. */
function arnRest(resourceId: string): string | null {
	const parts = resourceId.split(':');
	return parts[0] === 'arn' && parts.length >= 6 ? parts.slice(5).join(':') : null;
}

import { AwsError } from '../wire/awsError.ts';
import type { Call, Access } from '../wire/service.ts';
import type { ConditionContext } from './condition.ts';
import type { Directory, Key, Role } from './directory.ts';
import { coversAction, speaksOf, verdictOf, type Question } from './evaluate.ts';
import type { Principals } from './policy.ts';

export interface AuthorizeOptions {
	readonly directory: Directory;
	readonly organizationId: string;
	/** Actions that the organisation denies to an account, as a service control policy does. */
	readonly deniedActions: (accountId: string) => readonly string[];
}

/** Why a call is refused; `null` when it is allowed. */
export type Refusal =
	| { readonly kind: 'implicit'; readonly by: 'identity-based' | 'session' }
	| { readonly kind: 'explicit'; readonly by: 'identity-based' | 'session' | 'service control' };

/** Weighs a call against the caller's role, its session policies and the organisation's denials. */
export function refusalOf(options: AuthorizeOptions, key: Key, question: Question): Refusal | null {
	const denied = options.deniedActions(key.caller.accountId);
	if (denied.some((action) => action.toLowerCase() === question.action.toLowerCase())) {
		return { kind: 'explicit', by: 'service control' };
	}
	const identity = verdictOf(options.directory.policiesOf(key), question);
	if (identity === 'explicit-deny') return { kind: 'explicit', by: 'identity-based' };
	const session = key.sessionPolicies === null ? 'allow' : verdictOf(key.sessionPolicies, question);
	if (session === 'explicit-deny') return { kind: 'explicit', by: 'session' };
	if (identity === 'implicit-deny') return { kind: 'implicit', by: 'identity-based' };
	return session === 'allow' ? null : { kind: 'implicit', by: 'session' };
}

/** AWS's sentence for a refusal. */
export function refusalMessage(key: Key, question: Question, refusal: Refusal): string {
	const head = `User: ${key.caller.arn} is not authorized to perform: ${question.action} on resource: ${question.resource}`;
	const article = refusal.by === 'identity-based' ? 'an' : 'a';
	return refusal.kind === 'explicit'
		? `${head} with an explicit deny in ${article} ${refusal.by} policy`
		: `${head} because no ${refusal.by} policy allows the ${question.action} action`;
}

/** The questions that a call raises: one for each of its resources. */
export function questionsOf(
	options: AuthorizeOptions,
	key: Key,
	call: Call,
	access: Required<Pick<Access, 'action' | 'resources'>> & Pick<Access, 'conditions'>,
): Question[] {
	const context = contextOf(options, key, call, access.conditions ?? {});
	return access.resources.map((resource) => ({ action: access.action, resource, context }));
}

/** Global condition keys (IAM User Guide, read 2026-11) beside the service's own. */
export function contextOf(
	options: AuthorizeOptions,
	key: Key,
	call: Pick<Call, 'region' | 'wallMs'>,
	extra: Readonly<Record<string, string | readonly string[]>>,
): ConditionContext {
	const context = new Map<string, readonly string[]>([
		['aws:principalarn', [key.caller.principalArn]],
		['aws:principalaccount', [key.caller.accountId]],
		['aws:principaltype', [key.caller.kind === 'user' ? 'User' : 'AssumedRole']],
		['aws:principalorgid', [options.organizationId]],
		['aws:resourceaccount', [key.caller.accountId]],
		['aws:requestedregion', [call.region]],
		['aws:userid', [key.caller.userId]],
		['aws:securetransport', ['true']],
		['aws:currenttime', [new Date(call.wallMs).toISOString()]],
		['aws:epochtime', [String(Math.floor(call.wallMs / 1000))]],
	]);
	for (const [name, value] of Object.entries(key.tags)) {
		context.set(`aws:principaltag/${name.toLowerCase()}`, [value]);
	}
	for (const [name, value] of Object.entries(extra)) {
		context.set(name.toLowerCase(), typeof value === 'string' ? [value] : value);
	}
	return context;
}

/**
 * Whether a role's trust policy lets a caller in. A caller of another account also needs its own
 * account's permission; within one account a trust statement that names the principal is enough.
 */
export function mayAssume(
	options: AuthorizeOptions,
	key: Key,
	role: Role,
	question: Question,
): boolean {
	const covering = role.trust.statements.filter((statement) => speaksOf(statement, question));
	const named = covering.filter(
		(statement) => statement.principals !== null && names(statement.principals, key),
	);
	if (named.some((statement) => statement.effect === 'Deny')) return false;
	if (named.length === 0) return false;
	const sameAccount = key.caller.accountId === role.accountId;
	const directly = named.some((statement) =>
		statement.principals?.aws.includes(key.caller.principalArn),
	);
	if (sameAccount && directly) return true;
	return refusalOf(options, key, question) === null;
}

function names(principals: Principals, key: Key): boolean {
	if (principals.anyone) return true;
	const { accountId, arn, principalArn } = key.caller;
	const root = `arn:aws:iam::${accountId}:root`;
	return principals.aws.some((principal) =>
		[accountId, root, arn, principalArn].includes(principal),
	);
}

/** AccessDenied as STS words it for AssumeRole, which never says why. */
export function assumeRoleDenied(key: Key, roleArn: string, action = 'sts:AssumeRole'): AwsError {
	return new AwsError(
		'AccessDenied',
		`User: ${key.caller.arn} is not authorized to perform: ${action} on resource: ${roleArn}`,
		{ status: 403 },
	);
}

/** The Allow patterns of a role that none of the given actions needed. */
export function unusedGrants(role: Role, called: ReadonlySet<string>): string[] {
	const unused = new Set<string>();
	for (const statement of role.policies.flatMap((policy) => policy.statements)) {
		if (statement.effect !== 'Allow' || statement.notActions) continue;
		for (const pattern of statement.actions) {
			const single = { ...statement, actions: [pattern] };
			if (![...called].some((action) => coversAction(single, action))) unused.add(pattern);
		}
	}
	return [...unused].sort();
}

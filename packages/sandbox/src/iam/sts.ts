import { patternProblem, validationError } from '../services/validation.ts';
import { AwsError } from '../wire/awsError.ts';
import type { Call } from '../wire/service.ts';
import { assumeRoleDenied, contextOf, mayAssume, type AuthorizeOptions } from './authorize.ts';
import { managedPolicy, type Key, type Role } from './directory.ts';
import { readPolicy, type Policy } from './policy.ts';

/** AssumeRole's input as the SDK decodes it. */
export interface AssumeRoleInput {
	readonly RoleArn: string | undefined;
	readonly RoleSessionName: string | undefined;
	readonly PolicyArns?: readonly { readonly arn?: string | undefined }[] | undefined;
	readonly Policy?: string | undefined;
	readonly DurationSeconds?: number | undefined;
	readonly Tags?:
		readonly { readonly Key: string | undefined; readonly Value: string | undefined }[] | undefined;
	readonly ExternalId?: string | undefined;
	readonly SourceIdentity?: string | undefined;
	readonly TransitiveTagKeys?: readonly string[] | undefined;
}

export interface AssumeRoleOutput {
	readonly Credentials: {
		readonly AccessKeyId: string;
		readonly SecretAccessKey: string;
		readonly SessionToken: string;
		readonly Expiration: Date;
	};
	readonly AssumedRoleUser: { readonly AssumedRoleId: string; readonly Arn: string };
	readonly PackedPolicySize?: number;
	readonly SourceIdentity?: string;
}

export interface Sts {
	assumeRole(input: AssumeRoleInput, call: Call): AssumeRoleOutput;
}

// STS API reference, AssumeRole (read 2026-11): 900 s up to the role's maximum, at most 12 hours;
// default one hour, and one hour at most when a role assumes a role.
const minimumSeconds = 900;
const maximumSeconds = 43_200;
const defaultSeconds = 3_600;
const chainingSeconds = 3_600;
/** Same source: inline session policy characters, managed session policies, tags. */
const policyCharacters = 2_048;
const policyArnCount = 10;
const tagCount = 50;

/** AssumeRole as STS does it: trust, external id, caller's permission, durations, session policies. */
export function createSts(
	options: AuthorizeOptions & {
		/** Closed accounts let nobody in. */
		readonly isOpen: (accountId: string, call: Call) => boolean;
	},
): Sts {
	return {
		assumeRole(input, call) {
			validate(input);
			const key = options.directory.key(call.caller.accessKeyId);
			if (key === null) throw new Error('a verified call has a key');
			const roleArn = input.RoleArn ?? '';
			const role = options.directory.role(roleArn);
			if (role === null || !options.isOpen(role.accountId, call)) {
				throw assumeRoleDenied(key, roleArn);
			}
			weigh(options, key, role, { input, call });
			const durationSeconds = durationOf(input, key, role);
			const expiresMs = call.wallMs - (call.wallMs % 1000) + durationSeconds * 1000;
			options.directory.forgetExpired(call.wallMs - 86_400_000);
			const session = options.directory.openSession({
				role,
				sessionName: input.RoleSessionName ?? '',
				expiresMs,
				sessionPolicies: sessionPoliciesOf(input),
				tags: tagsOf(input),
			});
			return outputOf(session, input, expiresMs);
		},
	};
}

function weigh(
	options: AuthorizeOptions,
	key: Key,
	role: Role,
	{ input, call }: { readonly input: AssumeRoleInput; readonly call: Call },
): void {
	const extra: Record<string, string> = { 'sts:RoleSessionName': input.RoleSessionName ?? '' };
	if (input.ExternalId !== undefined) extra['sts:ExternalId'] = input.ExternalId;
	if (input.SourceIdentity !== undefined) extra['sts:SourceIdentity'] = input.SourceIdentity;
	for (const [name, value] of Object.entries(tagsOf(input)))
		extra[`aws:RequestTag/${name}`] = value;
	const context = contextOf(options, key, call, extra);
	const actions = ['sts:AssumeRole'];
	// Tags and a source identity need permissions of their own, in the trust policy too.
	if ((input.Tags ?? []).length > 0) actions.push('sts:TagSession');
	if (input.SourceIdentity !== undefined) actions.push('sts:SetSourceIdentity');
	for (const action of actions) {
		if (!mayAssume(options, key, role, { action, resource: role.arn, context })) {
			throw assumeRoleDenied(key, role.arn, action);
		}
	}
}

function durationOf(input: AssumeRoleInput, key: Key, role: Role): number {
	const seconds = input.DurationSeconds ?? defaultSeconds;
	if (key.caller.kind === 'assumed-role' && seconds > chainingSeconds) {
		throw invalid(
			'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
		);
	}
	if (seconds > role.maxSessionSeconds) {
		throw invalid(
			'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
		);
	}
	return seconds;
}

// Patterns and lengths: STS API reference, AssumeRole, read 2026-11.
const sessionNamePattern = '[\\w+=,.@-]*';
const externalIdPattern = '[\\w+=,.@:\\/-]*';

function validate(input: AssumeRoleInput): void {
	const problems = [
		patternProblem('roleSessionName', input.RoleSessionName, sessionNamePattern),
		lengthProblem('roleSessionName', input.RoleSessionName, [2, 64]),
		patternProblem('externalId', input.ExternalId, externalIdPattern),
		lengthProblem('externalId', input.ExternalId, [2, 1224]),
		lengthProblem('policy', input.Policy, [1, policyCharacters]),
		durationProblem(input.DurationSeconds),
	].filter((problem) => problem !== null);
	if (problems.length > 0) throw validationError(problems, 'ValidationError');
	if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(input.RoleArn ?? '')) {
		throw invalid(`${input.RoleArn ?? ''} is invalid`);
	}
	if ((input.PolicyArns ?? []).length > policyArnCount || (input.Tags ?? []).length > tagCount) {
		throw invalid('Too many session policies or tags');
	}
	validateTags(input);
}

function validateTags(input: AssumeRoleInput): void {
	const keys = (input.Tags ?? []).map((tag) => (tag.Key ?? '').toLowerCase());
	if (new Set(keys).size < keys.length) {
		throw new AwsError(
			'InvalidParameterValue',
			'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
		);
	}
	const transitive = (input.TransitiveTagKeys ?? []).map((key) => key.toLowerCase());
	if (transitive.some((key) => !keys.includes(key))) {
		throw new AwsError(
			'InvalidParameterValue',
			'The specified transitive tag key must be included in the requested tags.',
		);
	}
}

function lengthProblem(
	field: string,
	value: string | undefined,
	[least, most]: readonly [number, number],
): string | null {
	if (value === undefined || (value.length >= least && value.length <= most)) return null;
	const bound =
		value.length < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
	return `Value '${value}' at '${field}' failed to satisfy constraint: Member must have length ${bound}`;
}

function durationProblem(seconds: number | undefined): string | null {
	if (seconds === undefined || (seconds >= minimumSeconds && seconds <= maximumSeconds))
		return null;
	const bound =
		seconds < minimumSeconds
			? `greater than or equal to ${minimumSeconds}`
			: `less than or equal to ${maximumSeconds}`;
	return `Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${bound}`;
}

function sessionPoliciesOf(input: AssumeRoleInput): Policy[] | null {
	const arns = (input.PolicyArns ?? []).flatMap(({ arn }) => (arn === undefined ? [] : [arn]));
	if (input.Policy === undefined && arns.length === 0) return null;
	const inline = input.Policy === undefined ? [] : [readPolicy('Policy', parse(input.Policy))];
	return [...inline, ...arns.map(managedPolicy)];
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new AwsError('MalformedPolicyDocument', 'Syntax errors in policy.');
	}
}

function tagsOf(input: AssumeRoleInput): Record<string, string> {
	return Object.fromEntries((input.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']));
}

function outputOf(session: Key, input: AssumeRoleInput, expiresMs: number): AssumeRoleOutput {
	const hasPolicy = input.Policy !== undefined || (input.PolicyArns ?? []).length > 0;
	return {
		Credentials: {
			AccessKeyId: session.accessKeyId,
			SecretAccessKey: session.secretAccessKey,
			SessionToken: session.sessionToken ?? '',
			Expiration: new Date(expiresMs),
		},
		AssumedRoleUser: { AssumedRoleId: session.caller.userId, Arn: session.caller.arn },
		// A percentage of the packed limit. AWS packs in a way of its own; characters stand in for it.
		...(hasPolicy
			? { PackedPolicySize: Math.ceil(((input.Policy ?? '').length / policyCharacters) * 100) }
			: {}),
		...(input.SourceIdentity === undefined ? {} : { SourceIdentity: input.SourceIdentity }),
	};
}

function invalid(message: string): AwsError {
	return new AwsError('ValidationError', message);
}

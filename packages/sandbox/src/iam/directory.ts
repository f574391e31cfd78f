import { createHmac } from 'node:crypto';

import { AwsError } from '../wire/awsError.ts';
import type { Caller } from './caller.ts';
import { readPolicy, type Policy } from './policy.ts';
import { rolesOfTemplate, type RoleTemplate, type StackInput } from './template.ts';

/** A role that sessions are made from. */
export interface Role {
	readonly arn: string;
	readonly roleId: string;
	readonly accountId: string;
	readonly name: string;
	readonly trust: Policy;
	readonly policies: readonly Policy[];
	readonly maxSessionSeconds: number;
	/** The stack that made it; `null` for the product's own roles. */
	readonly stackName: string | null;
}

/** An access key with everything that decides what it may do. */
export interface Key {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	/** `null` for long-lived keys. */
	readonly sessionToken: string | null;
	/** Real time; `null` for keys that do not expire. */
	readonly expiresMs: number | null;
	readonly caller: Caller;
	/** `null` for users, who are administrators here. */
	readonly roleArn: string | null;
	/** A role recreated under the same name is another role: sessions of the old one are dead. */
	readonly roleId: string | null;
	/** Session policies, `null` when none was passed. */
	readonly sessionPolicies: readonly Policy[] | null;
	/** Tags of the session, for `aws:PrincipalTag/…`. */
	readonly tags: Readonly<Record<string, string>>;
}

export interface SessionRequest {
	readonly role: Role;
	readonly sessionName: string;
	readonly expiresMs: number | null;
	readonly sessionPolicies: readonly Policy[] | null;
	readonly tags: Readonly<Record<string, string>>;
}

const administrator = readPolicy('AdministratorAccess', {
	Version: '2012-10-17',
	Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

/** AWS-managed policies that the simulator knows; others are refused when a stack names them. */
const managedPolicies: ReadonlyMap<string, Policy> = new Map([
	['arn:aws:iam::aws:policy/AdministratorAccess', administrator],
]);

/** Users, roles, keys and sessions of every account. Keys of users are the same for the same seed. */
export class Directory {
	readonly #seed: string;
	readonly #roles = new Map<string, Role>();
	readonly #keys = new Map<string, Key>();
	#issued = 0;

	constructor(seed: number) {
		this.#seed = `sandbox ${seed}`;
	}

	key(accessKeyId: string): Key | null {
		return this.#keys.get(accessKeyId) ?? null;
	}

	role(arn: string): Role | null {
		return this.#roles.get(arn) ?? null;
	}

	roles(): Role[] {
		return [...this.#roles.values()];
	}

	/** The policies in force for a key now; empty when its role is gone. */
	policiesOf(key: Key): readonly Policy[] {
		if (key.roleArn === null) return [administrator];
		const role = this.#roles.get(key.roleArn);
		return role !== undefined && role.roleId === key.roleId ? role.policies : [];
	}

	/** Whether a session's role still exists as the same role. */
	isAlive(key: Key): boolean {
		return key.roleArn === null || this.#roles.get(key.roleArn)?.roleId === key.roleId;
	}

	/** The long-lived key of an account's administrator user, made on first use. */
	userKey(accountId: string, userName: string): Key {
		const name = `${accountId}/user/${userName}`;
		const accessKeyId = this.#id('AKIA', name, 16);
		const known = this.#keys.get(accessKeyId);
		if (known !== undefined) return known;
		const arn = `arn:aws:iam::${accountId}:user/${userName}`;
		const key: Key = {
			accessKeyId,
			secretAccessKey: this.#secret(name),
			sessionToken: null,
			expiresMs: null,
			caller: {
				kind: 'user',
				accountId,
				arn,
				principalArn: arn,
				userId: this.#id('AIDA', name, 17),
				accessKeyId,
				expiresMs: null,
			},
			roleArn: null,
			roleId: null,
			sessionPolicies: null,
			tags: {},
		};
		this.#keys.set(accessKeyId, key);
		return key;
	}

	/** Our own role in an account, with an administrator's policy, made on first use. */
	ownRole(accountId: string, name: string): Role {
		const arn = `arn:aws:iam::${accountId}:role/${name}`;
		const known = this.#roles.get(arn);
		if (known !== undefined) return known;
		const role: Role = {
			arn,
			roleId: this.#id('AROA', arn, 17),
			accountId,
			name,
			trust: readPolicy('trust', {
				Version: '2012-10-17',
				Statement: {
					Effect: 'Allow',
					Principal: { Service: 'lambda.amazonaws.com' },
					Action: 'sts:AssumeRole',
				},
			}),
			policies: [administrator],
			maxSessionSeconds: 3600,
			stackName: null,
		};
		this.#roles.set(arn, role);
		return role;
	}

	/** A session of a role: temporary keys with a token. */
	openSession(request: SessionRequest): Key {
		const { role, sessionName } = request;
		const name = `${role.arn}/${sessionName}/${this.#issued++}`;
		const accessKeyId = this.#id('ASIA', name, 16);
		const key: Key = {
			accessKeyId,
			secretAccessKey: this.#secret(name),
			sessionToken: this.#bytes(`token ${name}`).toString('base64').repeat(4),
			expiresMs: request.expiresMs,
			caller: {
				kind: 'assumed-role',
				accountId: role.accountId,
				arn: `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${sessionName}`,
				principalArn: role.arn,
				userId: `${role.roleId}:${sessionName}`,
				accessKeyId,
				expiresMs: request.expiresMs,
			},
			roleArn: role.arn,
			roleId: role.roleId,
			sessionPolicies: request.sessionPolicies,
			tags: request.tags,
		};
		this.#keys.set(accessKeyId, key);
		return key;
	}

	/** Forgets sessions that expired before an instant, so that a long run does not grow. */
	forgetExpired(beforeMs: number): void {
		for (const key of this.#keys.values()) {
			if (key.expiresMs !== null && key.expiresMs < beforeMs) this.#keys.delete(key.accessKeyId);
		}
	}

	/** Creates or replaces the roles of a stack. A role that stays under its name keeps its id. */
	putStack(input: StackInput): Role[] {
		const roles = rolesOfTemplate(input).map((template) => this.#roleOf(template, input));
		const kept = new Set(roles.map((role) => role.arn));
		for (const role of this.#stackRoles(input.accountId, input.stackName)) {
			if (!kept.has(role.arn)) this.#roles.delete(role.arn);
		}
		for (const role of roles) this.#roles.set(role.arn, role);
		return roles;
	}

	/** Deletes the roles of a stack. Throws ValidationError when there is no such stack. */
	deleteStack(accountId: string, stackName: string): void {
		const roles = this.#stackRoles(accountId, stackName);
		if (roles.length === 0) {
			throw new AwsError('ValidationError', `Stack with id ${stackName} does not exist`);
		}
		for (const role of roles) this.#roles.delete(role.arn);
	}

	#stackRoles(accountId: string, stackName: string): Role[] {
		return this.roles().filter(
			(role) => role.accountId === accountId && role.stackName === stackName,
		);
	}

	#roleOf(template: RoleTemplate, input: StackInput): Role {
		const arn = `arn:aws:iam::${input.accountId}:role${template.path}${template.roleName}`;
		const known = this.#roles.get(arn);
		if (known !== undefined && known.stackName !== input.stackName) {
			throw new AwsError(
				'EntityAlreadyExists',
				`Role with name ${template.roleName} already exists.`,
			);
		}
		return {
			arn,
			roleId: known?.roleId ?? this.#id('AROA', `${arn} ${this.#issued++}`, 17),
			accountId: input.accountId,
			name: template.roleName,
			trust: readPolicy('AssumeRolePolicyDocument', template.trustPolicy),
			policies: [
				...template.inlinePolicies.map(({ name, document }) => readPolicy(name, document)),
				...template.managedPolicyArns.map(managedPolicy),
			],
			maxSessionSeconds: template.maxSessionSeconds,
			stackName: input.stackName,
		};
	}

	#bytes(name: string): Buffer {
		return createHmac('sha512', this.#seed).update(name).digest();
	}

	#secret(name: string): string {
		return this.#bytes(`secret ${name}`).toString('base64').replace(/=+$/, '').slice(0, 40);
	}

	#id(prefix: string, name: string, length: number): string {
		const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
		const bytes = this.#bytes(`id ${prefix} ${name}`);
		return prefix + [...bytes.subarray(0, length)].map((byte) => alphabet[byte % 32]).join('');
	}
}

/** An AWS-managed policy by ARN. Throws NoSuchEntity for one that is not known here. */
export function managedPolicy(arn: string): Policy {
	const policy = managedPolicies.get(arn);
	if (policy === undefined) {
		throw new AwsError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, {
			status: 404,
		});
	}
	return policy;
}

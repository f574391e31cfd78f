import { AwsError } from '../wire/awsError.ts';

/** A role as its template describes it, every function of CloudFormation resolved. */
export interface RoleTemplate {
	readonly logicalId: string;
	readonly roleName: string;
	readonly path: string;
	readonly trustPolicy: unknown;
	readonly inlinePolicies: readonly { readonly name: string; readonly document: unknown }[];
	readonly managedPolicyArns: readonly string[];
	readonly maxSessionSeconds: number;
}

export interface StackInput {
	readonly accountId: string;
	readonly region: string;
	readonly stackName: string;
	readonly template: unknown;
	readonly parameters: Readonly<Record<string, string>>;
}

/** A StackSet as its template describes it, every function of CloudFormation resolved. */
export interface StackSetTemplate {
	readonly name: string;
	/** Roots or organisational units. */
	readonly unitIds: readonly string[];
	readonly parameters: Readonly<Record<string, string>>;
	/** The template of its stacks as parsed JSON. */
	readonly template: unknown;
}

type Json = Readonly<Record<string, unknown>>;

interface Scope {
	readonly parameters: ReadonlyMap<string, unknown>;
	readonly conditions: Json;
	readonly resources: Json;
	readonly accountId: string;
	readonly roleNames: Map<string, string>;
}

const noValue = Symbol('AWS::NoValue');

/**
 * The roles of a template with its parameters filled in. Throws ValidationError, as CloudFormation
 * does, for parameters that break their rules and for functions or references it does not know.
 */
export function rolesOfTemplate(input: StackInput): RoleTemplate[] {
	const scope = scopeOf(input);
	return resourcesOf('AWS::IAM::Role', scope).map(([logicalId, resource]) =>
		roleOf(logicalId, resource, input, scope),
	);
}

/** The StackSets of a template. Throws as `rolesOfTemplate` does. */
export function stackSetsOfTemplate(input: StackInput): StackSetTemplate[] {
	const scope = scopeOf(input);
	return resourcesOf('AWS::CloudFormation::StackSet', scope).map(([logicalId, resource]) => {
		const properties = object(resolve(resource['Properties'], scope), `${logicalId}.Properties`);
		if (properties['PermissionModel'] !== 'SERVICE_MANAGED') {
			throw refused(`${logicalId}: only service-managed StackSets are simulated`);
		}
		const groups = (properties['StackInstancesGroup'] ?? []) as readonly Json[];
		const parameters = (properties['Parameters'] ?? []) as readonly Json[];
		return {
			name: text(properties['StackSetName']),
			unitIds: groups.flatMap((group) => {
				const targets = object(group['DeploymentTargets'], 'DeploymentTargets');
				return (targets['OrganizationalUnitIds'] ?? []) as readonly string[];
			}),
			parameters: Object.fromEntries(
				parameters.map((each) => [text(each['ParameterKey']), text(each['ParameterValue'])]),
			),
			template: JSON.parse(text(properties['TemplateBody'])) as unknown,
		};
	});
}

function scopeOf(input: StackInput): Scope {
	const template = object(input.template, 'Template');
	return {
		parameters: parametersOf(template, input),
		conditions: (template['Conditions'] ?? {}) as Json,
		resources: object(template['Resources'], 'Resources'),
		accountId: input.accountId,
		roleNames: new Map(),
	};
}

/** Resources of a type whose condition holds. */
function resourcesOf(wanted: string, scope: Scope): (readonly [string, Json])[] {
	return Object.entries(scope.resources)
		.map(([logicalId, resource]) => [logicalId, object(resource, 'Resource')] as const)
		.filter(([, { Type: type, Condition: condition }]) => {
			if (type !== wanted) return false;
			return condition === undefined || conditionHolds(text(condition), scope);
		});
}

function roleOf(logicalId: string, resource: Json, input: StackInput, scope: Scope): RoleTemplate {
	const properties = object(resolve(resource['Properties'], scope), `${logicalId}.Properties`);
	const policies = (properties['Policies'] ?? []) as readonly Json[];
	return {
		logicalId,
		// Without a name CloudFormation makes one up from stack and resource.
		roleName: text(properties['RoleName'] ?? `${input.stackName}-${logicalId}`),
		path: text(properties['Path'] ?? '/'),
		trustPolicy: properties['AssumeRolePolicyDocument'],
		inlinePolicies: policies.map((policy) => ({
			name: String(policy['PolicyName']),
			document: policy['PolicyDocument'],
		})),
		managedPolicyArns: ((properties['ManagedPolicyArns'] ?? []) as readonly unknown[]).map(String),
		// Source: IAM API reference, CreateRole, MaxSessionDuration (default one hour), read 2026-11.
		maxSessionSeconds: Number(properties['MaxSessionDuration'] ?? 3600),
	};
}

function parametersOf(template: Json, input: StackInput): Map<string, unknown> {
	const declared = (template['Parameters'] ?? {}) as Readonly<Record<string, Json>>;
	const values = new Map<string, unknown>([
		['AWS::AccountId', input.accountId],
		['AWS::Partition', 'aws'],
		['AWS::Region', input.region],
		['AWS::StackName', input.stackName],
		['AWS::URLSuffix', 'amazonaws.com'],
		['AWS::NoValue', noValue],
	]);
	// CloudFormation ignores parameters of a quick-create link that the template does not declare.
	for (const [name, rules] of Object.entries(declared)) {
		const given = input.parameters[name] ?? rules['Default'];
		if (given === undefined) throw refused(`Parameters: [${name}] must have values`);
		const value = typeof given === 'number' ? String(given) : text(given);
		checkParameter(name, value, rules);
		values.set(name, rules['Type'] === 'CommaDelimitedList' ? splitList(value) : value);
	}
	return values;
}

function splitList(list: string): string[] {
	return list.split(',').map((part) => part.trim());
}

function checkParameter(name: string, value: string, rules: Json): void {
	const allowed = rules['AllowedValues'] as readonly unknown[] | undefined;
	const pattern = rules['AllowedPattern'] as string | undefined;
	const minimum = Number(rules['MinLength'] ?? 0);
	const maximum = Number(rules['MaxLength'] ?? Infinity);
	if (allowed !== undefined && !allowed.map(String).includes(value)) {
		throw refused(`Template error: Parameter ${name} must be one of AllowedValues`);
	}
	if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value)) {
		throw refused(`Template error: Parameter ${name} must match pattern ${pattern}`);
	}
	if (value.length < minimum || value.length > maximum) {
		throw refused(
			`Template error: Parameter ${name} must have between ${minimum} and ${maximum} characters`,
		);
	}
}

function conditionHolds(name: string, scope: Scope): boolean {
	const condition = scope.conditions[name];
	if (condition === undefined) throw refused(`Unresolved condition ${name}`);
	return Boolean(resolve(condition, scope));
}

/** A value with its intrinsic functions resolved; members that resolve to AWS::NoValue vanish. */
function resolve(value: unknown, scope: Scope): unknown {
	if (Array.isArray(value)) {
		return value
			.map((entry: unknown) => resolve(entry, scope))
			.filter((entry) => entry !== noValue);
	}
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value as Json);
	const [first] = entries;
	if (entries.length === 1 && first !== undefined) {
		const [name, argument] = first;
		const resolver = functions[name];
		if (resolver !== undefined) return resolver(argument, scope);
		if (name.startsWith('Fn::')) throw refused(`Template error: unsupported function ${name}`);
	}
	return Object.fromEntries(
		entries
			.map(([name, entry]) => [name, resolve(entry, scope)] as const)
			.filter(([, entry]) => entry !== noValue),
	);
}

type Resolver = (argument: unknown, scope: Scope) => unknown;

const functions: Readonly<Record<string, Resolver>> = {
	Ref: (argument, scope) => reference(String(argument), scope),
	Condition: (argument, scope) =>
		typeof argument === 'string'
			? conditionHolds(argument, scope)
			: { Condition: resolve(argument, scope) },
	'Fn::Sub': substitute,
	'Fn::Join': (argument, scope) => {
		const [separator, list] = resolve(argument, scope) as [string, readonly string[]];
		return list.join(separator);
	},
	'Fn::Split': (argument, scope) => {
		const [separator, text] = resolve(argument, scope) as [string, string];
		return text.split(separator);
	},
	'Fn::Select': (argument, scope) => {
		const [index, list] = resolve(argument, scope) as [number | string, readonly unknown[]];
		return list[Number(index)];
	},
	'Fn::If': (argument, scope) => {
		const [name, yes, no] = argument as [string, unknown, unknown];
		return resolve(conditionHolds(name, scope) ? yes : no, scope);
	},
	'Fn::Equals': (argument, scope) => {
		const [left, right] = resolve(argument, scope) as [unknown, unknown];
		return left === right;
	},
	'Fn::Not': (argument, scope) => !(resolve(argument, scope) as [unknown])[0],
	'Fn::And': (argument, scope) => (resolve(argument, scope) as unknown[]).every(Boolean),
	'Fn::Or': (argument, scope) => (resolve(argument, scope) as unknown[]).some(Boolean),
	'Fn::GetAtt': (argument, scope) => {
		const [logicalId, attribute] = Array.isArray(argument)
			? (argument as [string, string])
			: (String(argument).split('.') as [string, string]);
		return attributeOf(logicalId, attribute, scope);
	},
};

function reference(name: string, scope: Scope): unknown {
	if (scope.parameters.has(name)) return scope.parameters.get(name);
	if (scope.resources[name] !== undefined) return roleNameOf(name, scope);
	throw refused(`Template format error: Unresolved resource dependencies [${name}]`);
}

function attributeOf(logicalId: string, attribute: string, scope: Scope): string {
	if (scope.resources[logicalId] === undefined || attribute !== 'Arn') {
		throw refused(`Template error: cannot resolve ${logicalId}.${attribute}`);
	}
	return `arn:aws:iam::${scope.accountId}:role/${roleNameOf(logicalId, scope)}`;
}

function roleNameOf(logicalId: string, scope: Scope): string {
	const known = scope.roleNames.get(logicalId);
	if (known !== undefined) return known;
	const properties = object((scope.resources[logicalId] as Json)['Properties'], logicalId);
	const name = String(resolve(properties['RoleName'] ?? logicalId, scope));
	scope.roleNames.set(logicalId, name);
	return name;
}

function substitute(argument: unknown, scope: Scope): string {
	const [text, local] = Array.isArray(argument)
		? (argument as [string, Json])
		: ([argument, {}] as [string, Json]);
	return text.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
		if (literal !== '') return `\${${name}}`;
		if (Object.hasOwn(local, name)) return String(resolve(local[name], scope));
		if (name.includes('.')) {
			const [logicalId = '', attribute = ''] = name.split('.');
			return attributeOf(logicalId, attribute, scope);
		}
		return String(reference(name, scope));
	});
}

function object(value: unknown, path: string): Json {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
	throw refused(`Template format error: ${path} must be an object`);
}

function text(value: unknown): string {
	if (typeof value === 'string') return value;
	throw refused(`Template format error: expected text, got ${JSON.stringify(value)}`);
}

function refused(message: string): AwsError {
	return new AwsError('ValidationError', message);
}

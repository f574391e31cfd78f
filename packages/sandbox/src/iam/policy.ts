import { readConditions, type ConditionBlock } from './condition.ts';
import { malformed } from './malformed.ts';

/** Who a trust statement speaks of. */
export interface Principals {
	readonly anyone: boolean;
	/** Account ids, ARNs; a root ARN stands for its account. */
	readonly aws: readonly string[];
	readonly services: readonly string[];
}

export interface Statement {
	readonly sid: string | null;
	readonly effect: 'Allow' | 'Deny';
	/** `null` in identity policies. */
	readonly principals: Principals | null;
	readonly actions: readonly string[];
	/** The actions are those that it does not speak of. */
	readonly notActions: boolean;
	/** Empty in trust policies, whose resource is the role itself. */
	readonly resources: readonly string[];
	readonly notResources: boolean;
	readonly conditions: readonly ConditionBlock[];
}

export interface Policy {
	readonly name: string;
	readonly statements: readonly Statement[];
}

/**
 * A policy document, read strictly: an element or operator that is not understood is refused with
 * MalformedPolicyDocument, because ignoring it would grant or deny the wrong thing.
 */
export function readPolicy(name: string, document: unknown): Policy {
	const root = object(document, name);
	known(root, ['Version', 'Id', 'Statement'], name);
	const version = root['Version'];
	if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17') {
		throw malformed(`${name}: unknown policy version ${JSON.stringify(version)}`);
	}
	const statements = Array.isArray(root['Statement']) ? root['Statement'] : [root['Statement']];
	return {
		name,
		statements: statements.map((statement, index) =>
			readStatement(statement, `${name}.Statement[${index}]`),
		),
	};
}

const statementElements = [
	'Sid',
	'Effect',
	'Principal',
	'Action',
	'NotAction',
	'Resource',
	'NotResource',
	'Condition',
];

function readStatement(value: unknown, path: string): Statement {
	const statement = object(value, path);
	known(statement, statementElements, path);
	const effect = statement['Effect'];
	if (effect !== 'Allow' && effect !== 'Deny') {
		throw malformed(`${path}.Effect: expected Allow or Deny`);
	}
	const actions = statement['Action'] ?? statement['NotAction'];
	if (actions === undefined) throw malformed(`${path}: has neither Action nor NotAction`);
	const resources = statement['Resource'] ?? statement['NotResource'];
	return {
		sid: typeof statement['Sid'] === 'string' ? statement['Sid'] : null,
		effect,
		principals:
			statement['Principal'] === undefined
				? null
				: readPrincipals(statement['Principal'], `${path}.Principal`),
		actions: strings(actions, `${path}.Action`),
		notActions: statement['Action'] === undefined,
		resources: resources === undefined ? [] : strings(resources, `${path}.Resource`),
		notResources: statement['NotResource'] !== undefined,
		conditions: readConditions(statement['Condition'], `${path}.Condition`),
	};
}

function readPrincipals(value: unknown, path: string): Principals {
	if (value === '*') return { anyone: true, aws: [], services: [] };
	const principals = object(value, path);
	known(principals, ['AWS', 'Service'], path);
	const aws = principals['AWS'] === undefined ? [] : strings(principals['AWS'], `${path}.AWS`);
	const services =
		principals['Service'] === undefined ? [] : strings(principals['Service'], `${path}.Service`);
	return { anyone: aws.includes('*'), aws, services };
}

function object(value: unknown, path: string): Readonly<Record<string, unknown>> {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
		return value as Readonly<Record<string, unknown>>;
	}
	throw malformed(`${path}: expected an object`);
}

function known(value: Readonly<Record<string, unknown>>, names: readonly string[], path: string) {
	const other = Object.keys(value).find((name) => !names.includes(name));
	if (other !== undefined) throw malformed(`${path}: unknown element ${other}`);
}

function strings(value: unknown, path: string): string[] {
	const list: unknown[] = Array.isArray(value) ? value : [value];
	return list.map((entry) => {
		if (typeof entry === 'string') return entry;
		throw malformed(`${path}: expected text, got ${JSON.stringify(entry)}`);
	});
}

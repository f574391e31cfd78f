import { malformed } from './malformed.ts';
import { matchesArn, matchesPattern } from './pattern.ts';

/** What is known about a request when its conditions are weighed; keys in lower case. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

/** One `Operator: { key: values }` pair. */
export interface ConditionBlock {
	readonly key: string;
	readonly values: readonly string[];
	readonly operator: Operator;
	/** Operators that say "not": true unless a value matches. */
	readonly negated: boolean;
	/** True when the key is absent. */
	readonly ifExists: boolean;
	readonly quantifier: 'any' | 'all' | null;
}

type Operator = 'Null' | keyof typeof comparisons;

const comparisons = {
	StringEquals: (wanted: string, got: string) => wanted === got,
	StringEqualsIgnoreCase: (wanted: string, got: string) =>
		wanted.toLowerCase() === got.toLowerCase(),
	StringLike: (wanted: string, got: string) => matchesPattern(wanted, got),
	// ArnEquals and ArnLike behave alike (IAM User Guide, "Condition operators", read 2026-11).
	ArnEquals: matchesArn,
	ArnLike: matchesArn,
	Bool: (wanted: string, got: string) => wanted.toLowerCase() === got.toLowerCase(),
	NumericEquals: (wanted: string, got: string) => Number(got) === Number(wanted),
	NumericLessThan: (wanted: string, got: string) => Number(got) < Number(wanted),
	NumericLessThanEquals: (wanted: string, got: string) => Number(got) <= Number(wanted),
	NumericGreaterThan: (wanted: string, got: string) => Number(got) > Number(wanted),
	NumericGreaterThanEquals: (wanted: string, got: string) => Number(got) >= Number(wanted),
	DateEquals: (wanted: string, got: string) => time(got) === time(wanted),
	DateLessThan: (wanted: string, got: string) => time(got) < time(wanted),
	DateLessThanEquals: (wanted: string, got: string) => time(got) <= time(wanted),
	DateGreaterThan: (wanted: string, got: string) => time(got) > time(wanted),
	DateGreaterThanEquals: (wanted: string, got: string) => time(got) >= time(wanted),
} as const;

const negations: Readonly<Record<string, keyof typeof comparisons>> = {
	StringNotEquals: 'StringEquals',
	StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
	StringNotLike: 'StringLike',
	ArnNotEquals: 'ArnEquals',
	ArnNotLike: 'ArnLike',
	NumericNotEquals: 'NumericEquals',
	DateNotEquals: 'DateEquals',
};

/** The blocks of a Condition element. Throws MalformedPolicyDocument for operators it does not know. */
export function readConditions(value: unknown, path: string): ConditionBlock[] {
	if (value === undefined) return [];
	if (typeof value !== 'object' || value === null) throw malformed(`${path}: expected an object`);
	return Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([name, keys]) => {
		if (typeof keys !== 'object' || keys === null) {
			throw malformed(`${path}.${name}: expected an object`);
		}
		return Object.entries(keys as Readonly<Record<string, unknown>>).map(([key, values]) =>
			readBlock(name, key, values),
		);
	});
}

function readBlock(name: string, key: string, value: unknown): ConditionBlock {
	const match = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(name);
	const base = match?.[2] ?? '';
	const negated = negations[base];
	if (negated === undefined && base !== 'Null' && !Object.hasOwn(comparisons, base)) {
		throw malformed(`Condition: unknown operator ${name}`);
	}
	const list: unknown[] = Array.isArray(value) ? value : [value];
	return {
		key: key.toLowerCase(),
		values: list.map(String),
		operator: negated ?? (base as Operator),
		negated: negated !== undefined,
		ifExists: match?.[3] !== undefined,
		quantifier: match?.[1] === undefined ? null : match[1] === 'ForAnyValue' ? 'any' : 'all',
	};
}

/** Whether every block holds. */
export function conditionsHold(
	blocks: readonly ConditionBlock[],
	context: ConditionContext,
): boolean {
	return blocks.every((block) => blockHolds(block, context));
}

function blockHolds(block: ConditionBlock, context: ConditionContext): boolean {
	const { operator } = block;
	const got = context.get(block.key) ?? null;
	if (operator === 'Null') return block.values.includes(String(got === null));
	if (got === null) {
		// A negated operator is true for an absent key; ForAllValues is too.
		return block.ifExists || block.negated || block.quantifier === 'all';
	}
	const compare = comparisons[operator];
	const matches = (value: string) =>
		block.values.some((wanted) => compare(substitute(wanted, context), value)) !== block.negated;
	return block.quantifier === 'all' ? got.every(matches) : got.some(matches);
}

/** Fills in policy variables such as `${aws:PrincipalAccount}`. */
export function substitute(text: string, context: ConditionContext): string {
	if (!text.includes('${')) return text;
	return text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
		return context.get(name.toLowerCase())?.[0] ?? whole;
	});
}

function time(text: string): number {
	return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

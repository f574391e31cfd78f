import { AwsError } from '../../wire/awsError.ts';
import { functionNameOf } from '../../wire/aboutFunction.ts';
import type { Call } from '../../wire/service.ts';
import type { World, WorldFunction } from '../../world/world.ts';
import type { FunctionConfiguration } from '../../world/functionConfiguration.ts';
import { patternProblem, validationError } from '../validation.ts';

export interface Found {
	readonly fn: WorldFunction;
	readonly configuration: FunctionConfiguration;
	/** Asked for, or from the reference itself (`name:alias`); `null` when there is none. */
	readonly qualifier: string | null;
}

/** Functions that exist now, as far as faults let them be seen. */
export function visibleFunctions(world: World, call: Call): WorldFunction[] {
	return world
		.functions(call.accountId, call.region, call.nowMs)
		.filter((fn) => call.faults.settings('function-deleted', fn.name) === null);
}

// Lambda API reference, FunctionName and Qualifier of GetFunctionConfiguration, read 2026-11.
const namePattern =
	'(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?';
const qualifierPattern = '\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+';

/**
 * The function that a name, a partial ARN or an ARN refers to. Throws ValidationException for text
 * that cannot be one, InvalidParameterValueException for two qualifiers, ResourceNotFoundException.
 */
export function findFunction(world: World, call: Call, reference: string, asked?: string): Found {
	validate(reference, asked);
	const name = functionNameOf(reference);
	checkRegion(call, reference);
	const derived = qualifierOf(reference);
	if (asked !== undefined && derived !== null && asked !== derived) {
		throw invalidParameter(
			'The derived qualifier from the function name does not match the specified qualifier.',
		);
	}
	const fn = world.functionByName(call.accountId, call.region, name);
	const gone =
		fn === null ||
		!world.existsAt(fn, call.nowMs) ||
		call.faults.settings('function-deleted', name) !== null;
	if (gone) throw notFound(`Function not found: ${functionArn(call, reference, asked)}`);
	return {
		fn,
		configuration: world.configuration(fn, call.nowMs),
		qualifier: asked ?? derived,
	};
}

/** The ARN that a reference means, for permissions and messages. */
export function functionArn(
	call: Pick<Call, 'accountId' | 'region'>,
	reference: string,
	qualifier?: string,
): string {
	const accountId = /(\d{12}):function:/.exec(reference)?.[1] ?? call.accountId;
	const suffix = qualifier ?? qualifierOf(reference);
	const arn = `arn:aws:lambda:${call.region}:${accountId}:function:${functionNameOf(reference)}`;
	return suffix === null ? arn : `${arn}:${suffix}`;
}

/** Lambda's 404. */
export function notFound(message: string): AwsError {
	return new AwsError('ResourceNotFoundException', message, { members: { Type: 'User' } });
}

/** Lambda's 400 for values that the model allows and the operation does not. */
export function invalidParameter(message: string): AwsError {
	return new AwsError('InvalidParameterValueException', message, { members: { Type: 'User' } });
}

function validate(reference: string, qualifier: string | undefined): void {
	const problems = [
		patternProblem('qualifier', qualifier, qualifierPattern),
		patternProblem('functionName', reference, namePattern),
	].filter((problem) => problem !== null);
	if (problems.length > 0) throw validationError(problems);
}

function qualifierOf(reference: string): string | null {
	const arn = /(?:^|:)function:[\w.-]+(?::(.+))?$/.exec(reference);
	if (arn !== null) return arn[1] ?? null;
	return reference.split(':')[1] ?? null;
}

function checkRegion(call: Call, reference: string): void {
	const region = /^arn:aws:lambda:([\w-]+):/.exec(reference)?.[1];
	if (region !== undefined && region !== call.region) {
		throw notFound(
			`Functions from '${region}' are not reachable in this region ('${call.region}')`,
		);
	}
}

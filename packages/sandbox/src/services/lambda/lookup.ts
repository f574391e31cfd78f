import { AwsError } from '../../wire/awsError.ts';
import { functionNameOf } from '../../wire/aboutFunction.ts';
import type { Call } from '../../wire/service.ts';
import type { FunctionConfiguration, World, WorldFunction } from '../../world/world.ts';

export interface Found {
	readonly fn: WorldFunction;
	readonly configuration: FunctionConfiguration;
	/** From the reference itself (`name:alias`); `null` when it has none. */
	readonly qualifier: string | null;
}

/** Functions that exist now, as far as faults let them be seen. */
export function visibleFunctions(world: World, call: Call): WorldFunction[] {
	return world
		.functions(call.accountId, call.region, call.nowMs)
		.filter((fn) => call.faults.settings('function-deleted', fn.name) === null);
}

/** The function that a name, a partial ARN or an ARN refers to. Throws ResourceNotFoundException. */
export function findFunction(world: World, call: Call, reference: string): Found {
	const name = functionNameOf(reference);
	checkRegion(call, reference);
	const fn = world.functionByName(call.accountId, call.region, name);
	const gone =
		fn === null ||
		!world.existsAt(fn, call.nowMs) ||
		call.faults.settings('function-deleted', name) !== null;
	if (gone) throw notFound(`Function not found: ${functionArn(call, reference)}`);
	return {
		fn,
		configuration: world.configuration(fn, call.nowMs),
		qualifier: qualifierOf(reference),
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

function qualifierOf(reference: string): string | null {
	const tail = reference.includes('function:')
		? (reference.split('function:')[1] ?? '')
		: reference;
	return tail.split(':')[1] ?? null;
}

function checkRegion(call: Call, reference: string): void {
	const region = /^arn:aws:lambda:([\w-]+):/.exec(reference)?.[1];
	if (region !== undefined && region !== call.region) {
		throw notFound(
			`Functions from '${region}' are not reachable in this region ('${call.region}')`,
		);
	}
}

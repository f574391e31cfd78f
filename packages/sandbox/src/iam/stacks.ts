import { AwsError } from '../wire/awsError.ts';
import type { LivingWorld } from '../world/create.ts';
import type { Directory } from './directory.ts';
import { stackSetsOfTemplate, type StackInput, type StackSetTemplate } from './template.ts';

/**
 * CloudFormation as far as roles go: a stack's own, and those that its service-managed StackSets
 * make in the organisation's other accounts. A StackSet never reaches the management account.
 */
export class Stacks {
	readonly #world: LivingWorld;
	readonly #directory: Directory;
	/** Stacks in other accounts by the stack that made them. */
	readonly #instances = new Map<string, readonly Instance[]>();

	constructor(world: LivingWorld, directory: Directory) {
		this.#world = world;
		this.#directory = directory;
	}

	/** Creates or updates a stack. Returns the ARNs of its roles, its own account's first. */
	put(input: StackInput): string[] {
		const sets = stackSetsOfTemplate(input);
		const targets = sets.map((set) => ({ set, accountIds: this.#targetsOf(set, input) }));
		const arns = this.#directory.putStack(input).map(({ arn }) => arn);
		const key = keyOf(input.accountId, input.stackName);
		const before = this.#instances.get(key) ?? [];
		const instances: Instance[] = [];
		for (const { set, accountIds } of targets) {
			const stackName = `StackSet-${set.name}`;
			for (const accountId of accountIds) {
				const { region } = input;
				const { template, parameters } = set;
				const stack = { accountId, region, stackName, template, parameters };
				arns.push(...this.#directory.putStack(stack).map(({ arn }) => arn));
				instances.push({ accountId, stackName });
			}
		}
		const kept = new Set(instances.map(({ accountId, stackName }) => keyOf(accountId, stackName)));
		for (const { accountId, stackName } of before) {
			if (kept.has(keyOf(accountId, stackName))) continue;
			this.#directory.deleteStack(accountId, stackName);
		}
		this.#instances.set(key, instances);
		return arns;
	}

	/** Deletes a stack with what its StackSets made. Throws ValidationError when there is none. */
	delete(accountId: string, stackName: string): void {
		this.#directory.deleteStack(accountId, stackName);
		const key = keyOf(accountId, stackName);
		for (const one of this.#instances.get(key) ?? []) {
			this.#directory.deleteStack(one.accountId, one.stackName);
		}
		this.#instances.delete(key);
	}

	/** Open accounts under the units of a StackSet; here every account hangs on its root. */
	#targetsOf(set: StackSetTemplate, { accountId }: StackInput): string[] {
		const own = this.#world.organizationOf(accountId);
		if (own === null || own.organization.managementAccountId !== accountId) {
			throw new AwsError(
				'ValidationError',
				'You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set',
			);
		}
		const unknown = set.unitIds.find((unit) => unit !== own.rootId);
		if (unknown !== undefined || set.unitIds.length === 0) {
			throw new AwsError(
				'ValidationError',
				`OrganizationalUnitIds: expected ${own.rootId}, got ${JSON.stringify(unknown ?? '')}`,
			);
		}
		return own.accounts
			.filter(({ id, status }) => id !== accountId && status === 'ACTIVE')
			.map(({ id }) => id);
	}
}

interface Instance {
	readonly accountId: string;
	readonly stackName: string;
}

function keyOf(accountId: string, stackName: string): string {
	return `${accountId}/${stackName}`;
}

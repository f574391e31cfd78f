import * as sdk from '@aws-sdk/client-resource-groups-tagging-api';

import { AwsError } from '../../wire/awsError.ts';
import { defineService, type Call, type Service } from '../../wire/service.ts';
import type { World, WorldFunction } from '../../world/world.ts';
import type { ServiceDeps } from '../deps.ts';
import { pageToken, positionOf } from '../page.ts';

// Resource Groups Tagging API reference, GetResources: 1 to 100 resources a page, 50 by default
// where TagsPerPage is not used; at most 50 tag filters of 20 values; read 2026-11.
const defaultPerPage = 50;
const mostPerPage = 100;
const mostFilters = 50;
const mostValues = 20;

type Input = sdk.GetResourcesCommandInput;
type Output = Omit<sdk.GetResourcesCommandOutput, '$metadata'>;

/** The tagging API over the fleet: functions that carry a tag; never-tagged ones are not returned. */
export function taggingService({ world }: ServiceDeps): Service {
	return defineService({
		signingName: 'tagging',
		iamPrefix: 'tag',
		sdk,
		client: sdk.ResourceGroupsTaggingAPIClient,
		operations: { GetResources: (input, call) => getResources(world, input, call) },
	});
}

function getResources(world: World, input: Input, call: Call): Output {
	validate(input);
	const perPage = input.ResourcesPerPage ?? defaultPerPage;
	const [after = ''] = positionOf('resources', input.PaginationToken, badToken) ?? [];
	const mappings: sdk.ResourceTagMapping[] = [];
	for (const fn of candidates(world, input, call)) {
		if (fn.name <= after) continue;
		const tags = Object.entries(world.configuration(fn, call.nowMs).tags);
		if (tags.length === 0 || !matches(input, tags)) continue;
		if (mappings.length === perPage) {
			const last = mappings.at(-1)?.ResourceARN?.split(':function:')[1] ?? '';
			return {
				PaginationToken: pageToken('resources', [last]),
				ResourceTagMappingList: mappings,
			};
		}
		mappings.push({
			ResourceARN: fn.arn,
			Tags: tags.map(([Key, Value]) => ({ Key, Value })),
		});
	}
	return { PaginationToken: '', ResourceTagMappingList: mappings };
}

function candidates(world: World, input: Input, call: Call): readonly WorldFunction[] {
	const types = input.ResourceTypeFilters ?? [];
	if (types.length > 0 && !types.some((type) => type === 'lambda' || type === 'lambda:function')) {
		return [];
	}
	const arns = input.ResourceARNList ?? [];
	return world
		.functions(call.accountId, call.region, call.nowMs)
		.filter((fn) => call.faults.settings('function-deleted', fn.name) === null)
		.filter((fn) => arns.length === 0 || arns.includes(fn.arn));
}

/** Filters are joined by and; a filter's values by or; a filter without values asks for the key. */
function matches(input: Input, tags: readonly (readonly [string, string])[]): boolean {
	return (input.TagFilters ?? []).every((filter) =>
		tags.some(
			([key, value]) =>
				key === filter.Key &&
				((filter.Values ?? []).length === 0 || (filter.Values ?? []).includes(value)),
		),
	);
}

function validate(input: Input): void {
	const perPage = input.ResourcesPerPage;
	if (perPage !== undefined && !(perPage >= 1 && perPage <= mostPerPage)) {
		throw invalid(`ResourcesPerPage must be between 1 and ${mostPerPage}`);
	}
	const filters = input.TagFilters ?? [];
	if (filters.length > mostFilters) throw invalid(`TagFilters must hold at most ${mostFilters}`);
	if (filters.some(({ Values }) => (Values ?? []).length > mostValues)) {
		throw invalid(`TagFilters.Values must hold at most ${mostValues}`);
	}
	const others = (input.TagFilters ?? []).length > 0 || perPage !== undefined;
	if ((input.ResourceARNList ?? []).length > 0 && others) {
		throw invalid('ResourceARNList cannot be combined with other parameters');
	}
}

function invalid(message: string): AwsError {
	return new AwsError('InvalidParameterException', message);
}

function badToken(): AwsError {
	return new AwsError('PaginationTokenExpiredException', 'The pagination token is not valid.');
}

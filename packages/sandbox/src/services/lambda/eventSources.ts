import type {
	EventSourceMappingConfiguration,
	ListEventSourceMappingsCommandInput,
	ListEventSourceMappingsCommandOutput,
} from '@aws-sdk/client-lambda';

import { functionNameOf } from '../../wire/aboutFunction.ts';
import type { Call } from '../../wire/service.ts';
import type { World, WorldFunction } from '../../world/world.ts';
import type { EventSourceMapping } from '../../world/functionConfiguration.ts';
import { findFunction, visibleFunctions } from './lookup.ts';
import { takePage } from './pages.ts';

// Lambda API reference, ListEventSourceMappings: 100 a page; read 2026-11.
const pageSize = 100;

/** The event source mappings of one function, or of every function of the account and region. */
export function eventSourceMappings(
	world: World,
	input: ListEventSourceMappingsCommandInput,
	call: Call,
): Omit<ListEventSourceMappingsCommandOutput, '$metadata'> {
	const name = input.FunctionName;
	const functions =
		name === undefined ? visibleFunctions(world, call) : [findFunction(world, call, name).fn];
	const page = takePage({
		list: `mappings:${name === undefined ? '' : functionNameOf(name)}`,
		token: input.Marker,
		size: Math.min(Math.max(input.MaxItems ?? pageSize, 1), pageSize),
		groups: functions,
		nameOf: (fn) => fn.name,
		itemsOf: (fn) =>
			world
				.configuration(fn, call.nowMs)
				.eventSources.filter(
					({ eventSourceArn }) =>
						input.EventSourceArn === undefined || eventSourceArn === input.EventSourceArn,
				)
				.map((mapping) => mappingOf(fn, mapping)),
	});
	return {
		EventSourceMappings: page.items,
		...(page.next === null ? {} : { NextMarker: page.next }),
	};
}

function mappingOf(
	fn: WorldFunction,
	mapping: EventSourceMapping,
): EventSourceMappingConfiguration {
	return {
		UUID: mapping.uuid,
		BatchSize: mapping.batchSize,
		MaximumBatchingWindowInSeconds: 0,
		EventSourceArn: mapping.eventSourceArn,
		EventSourceMappingArn: fn.arn.replace(/:function:.*/, `:event-source-mapping:${mapping.uuid}`),
		FunctionArn: fn.arn,
		LastModified: new Date(mapping.lastModifiedMs),
		State: mapping.state,
		StateTransitionReason: 'USER_INITIATED',
		FunctionResponseTypes: [],
		...(mapping.provisionedPollers === null
			? {}
			: { ProvisionedPollerConfig: { MinimumPollers: mapping.provisionedPollers } }),
	};
}

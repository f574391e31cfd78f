import type { Completeness } from '@lamplight/core/bucket/bucket';
import type { Connection } from '@lamplight/core/connection/connection';
import { functionParts } from '@lamplight/core/ids';

import type { FunctionGroup, FunctionRow } from '../contract/functions.ts';
import type { CompletenessReading } from './completeness.ts';
import { accountNames, appLabel, labelOf } from './connections.ts';
import { figuresOfItem, figuresOfMany } from './figures.ts';
import type { Fleet, FleetItem } from './fleet.ts';
import type { ItemGroup } from './list.ts';
import { instant, instantOrNull } from './range.ts';
import { SparkView } from './sparks.ts';

/** Rows and subtotals as the table shows them. */
export class RowView {
	readonly #names: ReturnType<typeof accountNames>;
	readonly #reading: CompletenessReading;
	readonly sparks: SparkView;

	constructor(fleet: Fleet, connections: readonly Connection[], reading: CompletenessReading) {
		this.#names = accountNames(connections);
		this.sparks = new SparkView(fleet, connections);
		this.#reading = reading;
	}

	completeness({ fn }: Pick<FleetItem, 'fn'>): Completeness {
		return this.#reading.of(fn.connectionId, functionParts(fn.id).region);
	}

	row(item: FleetItem, group: string | null): FunctionRow {
		const { fn } = item;
		return {
			...labelOf(fn, this.#names),
			owner: fn.owner,
			runtime: fn.runtime,
			architecture: fn.architecture,
			memoryMib: fn.memoryMib,
			timeoutMs: fn.timeoutSeconds * 1_000,
			reservedConcurrency: fn.reservedConcurrency,
			billingMode: fn.billingMode,
			lastDeployAt: instantOrNull(fn.lastModifiedMs),
			goneAt: instantOrNull(fn.goneMs),
			group,
			figures: figuresOfItem(item, this.completeness(item)),
			spark: this.sparks.of(item, item.spark),
		};
	}

	group({ key, label, app, items }: ItemGroup): FunctionGroup {
		const owners = new Set(items.map(({ fn }) => fn.owner));
		const newest = Math.max(...items.map(({ fn }) => fn.lastModifiedMs ?? 0));
		return {
			key,
			label,
			app: app === null ? null : appLabel(app),
			owner: owners.size === 1 ? ([...owners][0] ?? null) : null,
			count: items.length,
			figures: figuresOfMany(items, this.worst(items)),
			spark: this.sparks.sum(items),
			lastDeployAt: newest === 0 ? null : instant(newest),
		};
	}

	/** The state of several functions together: partial when any is. */
	worst(items: readonly FleetItem[]): Completeness {
		const states = new Set(items.map((item) => this.completeness(item)));
		if (states.size === 1) return [...states][0] ?? 'missing';
		if (states.has('missing') || states.has('partial')) return 'partial';
		return states.has('provisional') ? 'provisional' : 'complete';
	}
}

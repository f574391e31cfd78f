import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { EstimatedDays } from '@lamplight/core/bucket/billedUse';
import { sumAggregates } from '@lamplight/core/bucket/sum';
import type { Ctx } from '@lamplight/core/ctx';
import type { FunctionId } from '@lamplight/core/ids';

import {
	beforeOf,
	decodeBeforeRows,
	decodeSparks,
	decodeWindowRows,
	encodeBeforeRows,
	encodeSparks,
	encodeWindowRows,
	levelsOf,
	type NumberedRows,
	type SparkShares,
} from '../codec/window.ts';
import { ItemMemory, sharedReads } from '../dynamo/sharedReads.ts';
import type { SeriesDeps, SeriesReads } from './fragments.ts';
import { asDirectory, type DirectoryDeps, directoryName } from './directory.ts';
import type { FleetSum } from './fleetSum.ts';
import { gatherFleet } from './readFleet.ts';
import type { BeforeAggregate, FleetParts, FleetWindow, FleetWindowReading } from './rollups.ts';
import type { FleetRow } from './series.ts';
import { windowPlan } from './windowRange.ts';
import { rowsOf } from './windowRows.ts';
import {
	decodeSteps,
	encodeSteps,
	firstStranger,
	type StepsContent,
	type Stranger,
} from './windowSteps.ts';

export type WindowsDeps = SeriesDeps & DirectoryDeps & Pick<SeriesReads, 'hourMemory'>;

const names = (window: FleetWindow) => ({
	now: `${window}.now`,
	before: `${window}.before`,
	sparks: `${window}.sparks`,
	steps: `${window}.steps`,
});

/** Compressed hours and fragments that the windows of one build hold in common. */
const sharedBytes = 32 * 1024 * 1024;

/** What windows are built from, and as of when. */
export interface WindowSource extends SeriesReads {
	readonly readMs: number;
}

/** Readings that several windows share: their ends lie in the same hours. */
export async function windowSource(deps: WindowsDeps, ctx: Ctx): Promise<WindowSource> {
	const readMs = deps.db.clock();
	const waiting = await deps.due.list(ctx);
	return {
		readMs,
		regions: deps.regions,
		due: { list: () => Promise.resolve(waiting) },
		db: sharedReads(deps.db, new ItemMemory(sharedBytes)),
		...(deps.hourMemory === undefined ? {} : { hourMemory: deps.hourMemory }),
	};
}

/** See `Rollups.rebuildWindows`. */
export async function rebuildWindow(
	deps: WindowsDeps,
	ctx: Ctx,
	{ window, source }: { readonly window: FleetWindow; readonly source: WindowSource },
): Promise<void> {
	const { blobs } = deps;
	const { readMs } = source;
	const plan = windowPlan(window, readMs);
	const now = await gatherFleet(source, ctx, plan);
	const before = await gatherFleet(source, ctx, { ...plan, range: plan.previousRange });
	const rows = now.sum.rows();
	const beforeRows = before.sum.rows();
	const place = await places(deps, ctx, [...rows, ...beforeRows]);
	const ordered = numbered(rows, place);
	const isMonth = window === 'month' || window === 'previousMonth';
	const estimatesOf = (sum: FleetSum, numbersOf: NumberedRows<FleetRow>) => {
		const days = sum.estimatedDays(place.memoryMibOf);
		const rows = numbersOf.rows.map((row) => days.get(row.functionId) ?? nothingEstimated);
		return { numbers: numbersOf.numbers, rows };
	};
	const name = names(window);
	const part = <T>(of: (row: FleetRow) => T): NumberedRows<T> => ({
		numbers: ordered.numbers,
		rows: ordered.rows.map(of),
	});
	const earlier = numbered(beforeRows, place);
	const built = new Map([
		[name.now, encodeWindowRows(part((row) => row.aggregate))],
		[
			name.sparks,
			encodeSparks(
				part((row) => ({
					invocations: levelsOf(row.invocationSpark),
					errors: levelsOf(row.errorSpark),
				})),
			),
		],
		[
			name.before,
			encodeBeforeRows({
				...earlier,
				rows: earlier.rows.map(({ aggregate }) => ({
					...beforeOf(aggregate),
					...(window === 'month' ? { logBytes: aggregate.logBytes } : {}),
				})),
			}),
		],
		[
			name.steps,
			encodeSteps({
				plan: { ...plan, range: now.range, previousRange: before.range },
				newestMinuteMs: now.sum.newestMinuteMs,
				steps: now.sum.steps(),
				total: totalOf(rows),
				previousTotal: totalOf(beforeRows),
				strangers: place.strangers,
				estimates: isMonth ? estimatesOf(now.sum, ordered) : null,
				estimatesBefore: window === 'month' ? estimatesOf(before.sum, earlier) : null,
			}),
		],
	]);
	await blobs.putTogether(ctx, window, built, readMs);
}

const nothingEstimated: EstimatedDays = { estimatedMs: 0, estimatedMibMs: 0, ranOn: 0 };

function totalOf(rows: readonly FleetRow[]): Aggregate {
	return sumAggregates(rows.map((row) => row.aggregate));
}

interface Places {
	readonly of: ReadonlyMap<FunctionId, number>;
	/** Functions that ran and that inventory never listed, numbered behind the directory's. */
	readonly strangers: Stranger[];
	readonly memoryMibOf: (id: FunctionId) => number | undefined;
}

async function places(deps: WindowsDeps, ctx: Ctx, rows: readonly FleetRow[]): Promise<Places> {
	const loaded = await deps.blobs.load(ctx, [directoryName], (_, blob) => asDirectory(blob));
	const known = loaded.get(directoryName)?.value.functions ?? [];
	const of = new Map(known.map((one, at) => [one.id, at]));
	const strangers: Stranger[] = [];
	for (const { functionId, connectionId } of rows) {
		if (of.has(functionId)) continue;
		of.set(functionId, firstStranger + strangers.length);
		strangers.push({ functionId, connectionId });
	}
	const memories = new Map(known.map(({ id, memoryMib }) => [id, memoryMib]));
	return { of, strangers, memoryMibOf: (id) => memories.get(id) };
}

function numbered(rows: readonly FleetRow[], place: Places): NumberedRows<FleetRow> {
	const pairs = rows
		.map((row) => [place.of.get(row.functionId) ?? 0, row] as const)
		.sort(([a], [b]) => a - b);
	return { numbers: pairs.map(([number]) => number), rows: pairs.map(([, row]) => row) };
}

type Decoded =
	| ReturnType<typeof asDirectory>
	| StepsContent
	| NumberedRows<Aggregate>
	| NumberedRows<BeforeAggregate>
	| NumberedRows<SparkShares>;

function decodePart(name: string, blob: Uint8Array): Decoded {
	if (name === directoryName) return asDirectory(blob);
	if (name.endsWith('.steps')) return decodeSteps(blob);
	if (name.endsWith('.now')) return decodeWindowRows(blob);
	return name.endsWith('.before') ? decodeBeforeRows(blob) : decodeSparks(blob);
}

/** Readings put together lately, by the builds they were made of. */
const assembled = new Map<string, FleetWindowReading>();
const maxAssembled = 24;

/** See `Rollups.fleetWindow`. */
export async function readWindow(
	deps: WindowsDeps,
	ctx: Ctx,
	{ window, before = true, sparks = true }: FleetParts & { readonly window: FleetWindow },
): Promise<FleetWindowReading | null> {
	const name = names(window);
	const wanted = [
		directoryName,
		name.steps,
		name.now,
		...(before ? [name.before] : []),
		...(sparks ? [name.sparks] : []),
	];
	const loaded = await deps.blobs.load<Decoded>(ctx, wanted, decodePart);
	const steps = loaded.get(name.steps);
	if (steps === undefined || !loaded.has(name.now)) return null;
	const builds = [...loaded.values()].map(({ head }) => `${head.name} ${head.build}`).join(' ');
	const key = `${ctx.workspaceId} ${builds}`;
	const known = assembled.get(key);
	if (known !== undefined) return known;
	const get = <T extends Decoded>(part: string) => loaded.get(part)?.value as T | undefined;
	const content = steps.value as StepsContent;
	const rows = rowsOf({
		content,
		directory: get<ReturnType<typeof asDirectory>>(directoryName),
		now: get<NumberedRows<Aggregate>>(name.now),
		before: before ? get<NumberedRows<BeforeAggregate>>(name.before) : undefined,
		sparks: sparks ? get<NumberedRows<SparkShares>>(name.sparks) : undefined,
	});
	const reading: FleetWindowReading = {
		window,
		version: steps.head.version,
		builtMs: steps.head.builtMs,
		newestMinuteMs: content.newestMinuteMs,
		...content.plan,
		rows,
		byId: new Map(rows.map((row) => [row.functionId, row])),
		steps: content.steps,
		total: content.total,
		previousTotal: content.previousTotal,
	};
	assembled.set(key, reading);
	for (const oldest of assembled.keys()) {
		if (assembled.size <= maxAssembled) break;
		assembled.delete(oldest);
	}
	return reading;
}

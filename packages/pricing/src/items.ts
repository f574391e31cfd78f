import { monthRange } from '@lamplight/core/time';

import type { Component } from './components.ts';
import { totalBilledMs, type FunctionUsage, type UsageDocument } from './document.ts';
import { freeEphemeralStorageMib } from './execution.ts';
import type { UsageItem } from './model.ts';
import { everywhere } from './rates/book.ts';

/** AWS bills the init phase of managed runtimes too since then (AWS Compute Blog, 2025-04-29). */
export const initBilledFromMs = Date.UTC(2025, 7, 1);

// aws.amazon.com/lambda/pricing, 2026: "1 request for the first 256 KB", then one per 64 KB.
const firstChunkBytes = 256 * 1024;
const nextChunkBytes = 64 * 1024;
// Same page: "rounded up to the nearest five minutes".
const provisionedStepSeconds = 300;
// Same page: "for a minimum of 3 hours and per millisecond thereafter".
const leastCacheSeconds = 3 * 3600;
// Same page: "you can stream the first 6 MB per request at no cost".
const freeStreamedBytes = 6 * 1024 * 1024;
// Same page: "calculated per second, with a 1-minute minimum".
const leastPollerSeconds = 60;

/** How many requests an asynchronous event of this size is billed as. */
export function asyncRequests(payloadBytes: number): number {
	return 1 + Math.ceil(Math.max(0, payloadBytes - firstChunkBytes) / nextChunkBytes);
}

/** Whether AWS bills the init phase: always for images and custom runtimes, for all since 2025-08. */
export function isInitBilled(atMs: number, alwaysBilled: boolean): boolean {
	return alwaysBilled || atMs >= initBilledFromMs;
}

/** The usage items that a stated month comes to, under AWS's rounding and minimum rules. */
export function usageItems(document: UsageDocument): UsageItem[] {
	const { fromMs } = monthRange(document.month);
	const items: UsageItem[] = document.functions.flatMap((entry) => functionItems(entry, fromMs));
	for (const { name, requests, memoryMib, ...billed } of document.edge) {
		const edge = { key: name, region: everywhere, architecture: null };
		const ms = totalBilledMs({ requests, ...billed });
		items.push(
			{ ...edge, component: 'edge-requests', quantity: BigInt(requests) },
			{ ...edge, component: 'edge-duration', quantity: ms * BigInt(memoryMib) },
		);
	}
	for (const { name, region, source, unitSeconds } of document.eventPollers) {
		const quantity = unitSeconds === 0 ? 0 : Math.max(leastPollerSeconds, unitSeconds);
		items.push(plain(name, region, `event-poller-${source}`, quantity));
	}
	for (const { name, region, requests, ec2OnDemandUsd } of document.managedInstances) {
		items.push(plain(name, region, 'managed-instances-requests', requests), {
			...plain(name, region, 'managed-instances-fee', 0),
			quantity: tenBillionths(ec2OnDemandUsd),
		});
	}
	for (const { name, region, class: logClass, ingestedBytes, storedByteHours } of document.logs) {
		items.push(plain(name, region, `log-ingestion-${logClass}`, ingestedBytes));
		items.push(plain(name, region, 'log-storage', storedByteHours));
	}
	for (const { name, region, recorded, retrieved } of document.xray) {
		items.push(plain(name, region, 'xray-recorded', recorded));
		items.push(plain(name, region, 'xray-retrieved', retrieved));
	}
	return items.filter((item) => item.quantity > 0n);
}

function functionItems(entry: FunctionUsage, atMs: number): UsageItem[] {
	const { name, region, architecture, memoryMib } = entry;
	const on = (component: Component, quantity: bigint, freeTierEligible = true): UsageItem => {
		const item = { key: name, component, region, architecture, quantity };
		return freeTierEligible ? item : { ...item, freeTierEligible };
	};
	const memory = BigInt(memoryMib);
	const extraStorage = BigInt(entry.ephemeralStorageMib - freeEphemeralStorageMib);
	const requestsEach = BigInt(asyncRequests(entry.asyncPayloadBytes ?? 0));
	const onDemandMs = totalBilledMs(entry);
	const provisionedMs = entry.provisioned.map(totalBilledMs);
	const everyMs = provisionedMs.reduce((sum, ms) => sum + ms, onDemandMs);
	const init = isInitBilled(atMs, entry.initAlwaysBilled)
		? BigInt(entry.coldStarts) * BigInt(entry.initMsPerColdStart)
		: 0n;
	const items = [
		on('requests', BigInt(entry.requests) * requestsEach),
		on('duration', onDemandMs * memory),
		on('init', init * memory),
		on('ephemeral-storage', everyMs * extraStorage),
		on('response-streaming', streamedBytes(entry)),
		on('tenant-isolation', BigInt(entry.tenantEnvironments) * memory),
	];
	entry.provisioned.forEach(({ concurrency, seconds, requests }, at) => {
		const rounded = BigInt(Math.ceil(seconds / provisionedStepSeconds) * provisionedStepSeconds);
		items.push(
			on('provisioned-concurrency', BigInt(concurrency) * rounded * 1000n * memory),
			// The free tier does not apply to provisioned concurrency (same page).
			on('requests', BigInt(requests) * requestsEach, false),
			on('provisioned-duration', (provisionedMs[at] ?? 0n) * memory),
		);
	});
	if (entry.snapStart !== undefined) items.push(...snapStartItems(entry.snapStart, on, memory));
	if (entry.durable !== undefined) {
		items.push(
			on('durable-operations', BigInt(entry.durable.operations)),
			on('durable-data-written', BigInt(entry.durable.writtenBytes)),
			on('durable-data-retained', BigInt(entry.durable.retainedByteHours)),
		);
	}
	return items;
}

function snapStartItems(
	snapStart: NonNullable<FunctionUsage['snapStart']>,
	on: (component: Component, quantity: bigint) => UsageItem,
	memory: bigint,
): UsageItem[] {
	const seconds = snapStart.versionSeconds
		.filter((active) => active > 0)
		.reduce((sum, active) => sum + BigInt(Math.max(leastCacheSeconds, active)), 0n);
	return [
		on('snapstart-cache', seconds * 1000n * memory),
		on('snapstart-restore', BigInt(snapStart.restores) * memory),
	];
}

function streamedBytes({ streaming }: FunctionUsage): bigint {
	return streaming.reduce(
		(sum, { requests, bytesPerRequest }) =>
			sum + BigInt(requests) * BigInt(Math.max(0, bytesPerRequest - freeStreamedBytes)),
		0n,
	);
}

function plain(key: string, region: string, component: Component, quantity: number): UsageItem {
	return { key, component, region, architecture: null, quantity: BigInt(quantity) };
}

/** A decimal text in units of 10^-10; further decimals are cut off (EC2 prices have at most ten). */
function tenBillionths(decimal: string): bigint {
	const [whole = '0', fraction = ''] = decimal.split('.');
	return BigInt(whole + fraction.slice(0, 10).padEnd(10, '0'));
}

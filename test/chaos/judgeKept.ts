import type { Connection } from '@lamplight/core/connection/connection';
import { sameMomentMs } from '@lamplight/core/deploy/past';
import { hourMs, type TimeRange } from '@lamplight/core/time';

import { type Collector, testCtx } from '../support/collector.ts';

const maxKept = 20_000;

/** Kept executions, failures counted by issues, and deploys, against what really happened. */
export interface KeptVerdict {
	readonly kept: number;
	/** Executions that are kept twice, never ran, or ran otherwise. */
	readonly keptWrong: readonly string[];
	readonly failed: number;
	/** Failures that issues count. */
	readonly grouped: number;
	/** Functions and issues with more failures than there were. */
	readonly groupedWrong: readonly string[];
	readonly deploys: number;
	/** Deploys that are kept twice or never happened. */
	readonly deploysWrong: readonly string[];
}

export async function judgeKept(
	collector: Collector,
	connection: Connection,
	range: TimeRange,
): Promise<KeptVerdict> {
	return {
		...(await judgeExecutions(collector, connection, range)),
		...(await judgeIssues(collector, connection, range)),
		...(await judgeDeploys(collector, connection)),
	};
}

async function judgeExecutions(
	{ sandbox, store }: Collector,
	{ accountId }: Connection,
	range: TimeRange,
): Promise<Pick<KeptVerdict, 'kept' | 'keptWrong'>> {
	const wrong: string[] = [];
	let kept = 0;
	for (const { id } of await store.functions.listAccount(testCtx(), accountId)) {
		const { executions, more } = await store.executions.list(testCtx(), id, {
			range,
			limit: maxKept,
		});
		if (more > 0) throw new Error(`${id}: more than ${maxKept} executions are kept`);
		if (executions.length === 0) continue;
		const ran = new Map(
			sandbox.world
				.invocations(id, range)
				.map((one) => [`${one.logStream} ${one.requestId} ${one.attempt}`, one]),
		);
		const seen = new Set<string>();
		for (const one of executions) {
			const key = `${one.logStream} ${one.requestId} ${one.attempt}`;
			const truth = ran.get(key);
			kept += 1;
			if (seen.has(key)) wrong.push(`${id} ${key}: kept twice`);
			seen.add(key);
			if (truth === undefined) {
				wrong.push(`${id} ${key}: never ran`);
				continue;
			}
			// What its records do not say is `null`.
			const billedMs = one.billedMs ?? truth.billedMs;
			// A report that was cut off before its init is dated by the init too late.
			const startMs = one.maxMemoryUsedMib === null ? truth.startMs : one.startMs;
			const read = [startMs, one.durationUs, billedMs, one.status === 'success'];
			const want = [truth.startMs, truth.durationUs, truth.billedMs, truth.status === 'success'];
			if (read.join() !== want.join()) {
				wrong.push(`${id} ${key}: ${read.join()} not ${want.join()}`);
			}
		}
	}
	return { kept, keptWrong: wrong };
}

async function judgeIssues(
	{ sandbox, store }: Collector,
	{ accountId }: Connection,
	range: TimeRange,
): Promise<Pick<KeptVerdict, 'failed' | 'grouped' | 'groupedWrong'>> {
	const wrong: string[] = [];
	const byFunction = new Map<string, number>();
	for (const issue of await store.issues.list(testCtx())) {
		for (const { functionId, count } of issue.functions) {
			byFunction.set(functionId, (byFunction.get(functionId) ?? 0) + count);
		}
		const hours = await store.issues.counts(testCtx(), issue.id, range);
		const sum = hours.reduce((total, { count }) => total + count, 0);
		if (sum !== issue.count) wrong.push(`${issue.id}: ${issue.count} in all, ${sum} by hours`);
	}
	let failed = 0;
	let grouped = 0;
	for (const { id } of sandbox.world.allFunctions(accountId)) {
		const { errors } = sandbox.world.totals(id, range);
		const counted = byFunction.get(id) ?? 0;
		failed += errors;
		grouped += counted;
		if (counted > errors) wrong.push(`${id}: ${counted} failures grouped, ${errors} happened`);
	}
	return { failed, grouped, groupedWrong: wrong };
}

async function judgeDeploys(
	{ sandbox, store, deps }: Collector,
	{ accountId }: Connection,
): Promise<Pick<KeptVerdict, 'deploys' | 'deploysWrong'>> {
	const range = { fromMs: 0, toMs: deps.clock() + hourMs };
	const wrong: string[] = [];
	let deploys = 0;
	for (const fn of sandbox.world.allFunctions(accountId)) {
		const truth = sandbox.world.deploys(fn, range).map(({ atMs }) => atMs);
		const functionId = (await store.functions.listAccount(testCtx(), accountId)).find(
			({ id }) => id === fn.id,
		)?.id;
		if (functionId === undefined) continue;
		const { items } = await store.deploys.list(testCtx(), range, { functionId, limit: 100 });
		deploys += items.length;
		for (const { id, atMs } of items) {
			const at = truth.findIndex((one) => Math.abs(one - atMs) <= sameMomentMs);
			// Taken out, so that the next one at the same moment needs a deploy of its own.
			if (at >= 0) truth.splice(at, 1);
			else wrong.push(`${fn.id} ${id} ${new Date(atMs).toISOString()}: twice or never`);
		}
	}
	return { deploys, deploysWrong: wrong };
}

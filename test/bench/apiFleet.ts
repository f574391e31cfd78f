/**
 * Process entry: writes the API bench's fleet and prints where it is as one JSON line. In a process of
 * its own, so that the API is measured without what the writing left in memory.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { makeTestWorkspace } from '@lamplight/api/testing/api';
import { seedFleet } from '@lamplight/api/testing/fleet';
import { createStore } from '@lamplight/store/store';
import { ensureTable } from '@lamplight/store/table';

/** What the process is asked for, as JSON in its first argument. */
export interface ApiFleetAsked {
	readonly endpoint: string;
	readonly tableName: string;
	readonly nowMs: number;
	readonly functions: number;
	readonly days: number;
}

/** What it prints. */
export interface ApiFleet {
	readonly workspaceId: string;
	/** Of some functions, for calls that each ask for another. */
	readonly functionIds: readonly string[];
}

const toldFunctions = 200;

const asked = JSON.parse(process.argv[2] ?? '{}') as ApiFleetAsked;
const { endpoint, tableName, nowMs, functions, days } = asked;
const client = new DynamoDBClient({
	endpoint,
	region: 'us-east-1',
	credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
});
await ensureTable(client, tableName);
const store = createStore({ client, tableName, clock: () => nowMs });
const ctx = await makeTestWorkspace(store);
// Days that no page of this bench reads minute by minute have one minute each: written in minutes.
const fleet = await seedFleet(store, ctx, {
	nowMs,
	functions,
	days,
	everyMinutes: 30,
	pastEveryMinutes: 1_440,
});
const told: ApiFleet = {
	workspaceId: ctx.workspaceId,
	functionIds: fleet.functions.slice(0, toldFunctions).map(({ id }) => id),
};
console.log(JSON.stringify(told));
process.exit(0);

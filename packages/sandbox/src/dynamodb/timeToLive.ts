import type { DynaliteStore } from 'dynalite/db/index.js';

import { refusal } from './refusal.ts';

/** Table names hold no `~`, so this cannot meet a table's own tags. */
const settingsDb = '~timeToLive';

interface Setting {
	readonly attributeName: string;
	readonly enabled: boolean;
}

/** UpdateTimeToLive: dynalite lacks it. Kept on disk beside the tables. */
export async function updateTimeToLive(store: DynaliteStore, input: unknown): Promise<unknown> {
	const { TableName, TimeToLiveSpecification: wanted } = input as {
		TableName?: unknown;
		TimeToLiveSpecification?: { AttributeName?: unknown; Enabled?: unknown };
	};
	if (typeof wanted?.AttributeName !== 'string' || typeof wanted.Enabled !== 'boolean') {
		throw refusal('ValidationException', 'TimeToLiveSpecification: AttributeName and Enabled');
	}
	const table = await tableName(store, TableName);
	const setting: Setting = { attributeName: wanted.AttributeName, enabled: wanted.Enabled };
	await new Promise<void>((resolve, reject) => {
		store.getTagDb(settingsDb).put(table, setting, (error) => {
			if (error === null) resolve();
			else reject(error);
		});
	});
	return { TimeToLiveSpecification: wanted };
}

/** DescribeTimeToLive, telling the truth about UpdateTimeToLive. */
export async function describeTimeToLive(store: DynaliteStore, input: unknown): Promise<unknown> {
	const table = await tableName(store, (input as { TableName?: unknown }).TableName);
	const setting = await timeToLiveOf(store, table);
	const description =
		setting?.enabled === true
			? { TimeToLiveStatus: 'ENABLED', AttributeName: setting.attributeName }
			: { TimeToLiveStatus: 'DISABLED' };
	return { TimeToLiveDescription: description };
}

function tableName(store: DynaliteStore, name: unknown): Promise<string> {
	if (typeof name !== 'string') throw refusal('ValidationException', 'TableName: expected text');
	return new Promise((resolve, reject) => {
		store.getTable(name, false, (error, table) => {
			if (error === null && table !== undefined) resolve(table.TableName);
			else reject(error ?? new Error(`table ${name} has no record`));
		});
	});
}

/** The setting of a table; `null` when none was ever made. */
export function timeToLiveOf(store: DynaliteStore, table: string): Promise<Setting | null> {
	return new Promise((resolve, reject) => {
		store.getTagDb(settingsDb).get(table, (error, value) => {
			if (error !== null && error.name !== 'NotFoundError') reject(error);
			else resolve((value as Setting | undefined) ?? null);
		});
	});
}

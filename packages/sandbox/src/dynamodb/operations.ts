import { createRequire } from 'node:module';

import type { DynaliteStore } from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';

import { refusal } from './refusal.ts';
import { describeTimeToLive, updateTimeToLive } from './timeToLive.ts';

type Action = (
	store: DynaliteStore,
	data: unknown,
	done: (error: unknown, result?: unknown) => void,
) => void;

/** What dynalite implements and the store may use; anything else is an unknown operation. */
const dynaliteOperations = [
	'BatchGetItem',
	'BatchWriteItem',
	'CreateTable',
	'DeleteItem',
	'DeleteTable',
	'DescribeTable',
	'GetItem',
	'ListTables',
	'PutItem',
	'Query',
	'Scan',
	'UpdateItem',
	'UpdateTable',
] as const;

const ownOperations: ReadonlyMap<string, typeof updateTimeToLive> = new Map([
	['UpdateTimeToLive', updateTimeToLive],
	['DescribeTimeToLive', describeTimeToLive],
]);

const require = createRequire(import.meta.url);
const loaded = new Map<string, { action: Action; types: unknown; custom: unknown }>();

function load(operation: string) {
	const known = loaded.get(operation);
	if (known !== undefined) return known;
	const name = validations.toLowerFirst(operation);
	const action = require(`dynalite/actions/${name}.js`) as Action;
	const { types, custom } = require(`dynalite/validations/${name}.js`) as {
		types: unknown;
		custom: unknown;
	};
	const entry = { action, types, custom };
	loaded.set(operation, entry);
	return entry;
}

/** Runs one operation. Rejects with a `Refusal` for the caller, or with a fault of the store. */
export async function runOperation(
	store: DynaliteStore,
	operation: string,
	input: unknown,
): Promise<unknown> {
	const own = ownOperations.get(operation);
	if (own !== undefined) return own(store, input);
	if (!dynaliteOperations.some((name) => name === operation)) {
		throw refusal('UnknownOperationException', `${operation} is not implemented here`);
	}
	const { action, types, custom } = load(operation);
	const data = validations.checkTypes(input, types);
	validations.checkValidations(data, types, custom, store);
	return new Promise((resolve, reject) => {
		action(store, data, (error, result) => {
			if (error === null || error === undefined) resolve(result);
			// eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a refusal is a plain object with a status; it crosses as it is
			else reject(error);
		});
	});
}

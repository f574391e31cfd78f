import type { Ctx } from '@lamplight/core/ctx';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { AccountId } from '@lamplight/core/ids';

import type { Db } from '../dynamo/db.ts';
import { type Item, text } from '../dynamo/item.ts';
import { changedSince, inventoryKey } from './inventoryToken.ts';

/** Of all lists together; a few kilobytes each. */
const maxFunctions = 5_000;

interface List {
	readonly token: string;
	/** By id, ascending as the table has them. */
	readonly functions: ReadonlyMap<string, LambdaFunction>;
}

interface Asked {
	readonly accountId: AccountId;
	readonly pk: string;
	/** Beginning of the ids that are wanted. */
	readonly prefix: string;
}

/**
 * Functions by the beginning of their ids, as this process read them last: a region is listed with
 * every reading and changes seldom, so only what changed since is read again.
 */
export class FunctionLists {
	readonly #db: Db;
	readonly #parse: (item: Item) => LambdaFunction;
	/** The one that was used last is the last. */
	readonly #lists = new Map<string, List>();

	constructor(db: Db, parse: (item: Item) => LambdaFunction) {
		this.#db = db;
		this.#parse = parse;
	}

	async list(ctx: Ctx, asked: Asked): Promise<LambdaFunction[]> {
		const { accountId, pk, prefix } = asked;
		const name = `${pk} ${prefix}`;
		const held = this.#lists.get(name);
		const item = await this.#db.get(inventoryKey(ctx, accountId), { consistent: true });
		const token = item === null ? '' : text(item, 'token');
		if (held !== undefined && held.token === token) {
			this.#keep(name, held);
			return [...held.functions.values()];
		}
		const changed = held && item !== null ? changedSince(item, held.token) : null;
		const functions =
			held && changed
				? await this.#withNews(
						held,
						pk,
						changed.filter((id) => id.startsWith(prefix)),
					)
				: await this.#readAll(pk, prefix);
		// Without a token there is no telling when it changes.
		if (token !== '') this.#keep(name, { token, functions });
		return [...functions.values()];
	}

	/** What is kept under a token must be no older than it. */
	async #readAll(pk: string, prefix: string): Promise<Map<string, LambdaFunction>> {
		const items = await this.#db.query(pk, { prefix, consistent: true });
		return new Map(items.map((item) => [item.sk, this.#parse(item)]));
	}

	async #withNews(
		{ functions }: List,
		pk: string,
		changed: readonly string[],
	): Promise<ReadonlyMap<string, LambdaFunction>> {
		const news = new Map(functions);
		const read = changed.map(async (sk) => {
			const item = await this.#db.get({ pk, sk }, { consistent: true });
			if (item === null) news.delete(sk);
			else news.set(sk, this.#parse(item));
		});
		await Promise.all(read);
		return new Map([...news].sort(([a], [b]) => (a < b ? -1 : 1)));
	}

	#keep(name: string, list: List): void {
		this.#lists.delete(name);
		this.#lists.set(name, list);
		let left = maxFunctions;
		for (const [key, { functions }] of [...this.#lists].reverse()) {
			left -= functions.size;
			if (left < 0) this.#lists.delete(key);
		}
	}
}

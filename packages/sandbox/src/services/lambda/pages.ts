import { AwsError } from '../../wire/awsError.ts';
import { pageToken, positionOf } from '../page.ts';

interface PageOptions<Group, Item> {
	/** Names the list, so that a marker of one list is not taken for another's. */
	readonly list: string;
	readonly token: string | undefined;
	readonly size: number;
	/** Ascending by name. */
	readonly groups: readonly Group[];
	readonly nameOf: (group: Group) => string;
	/** Computed only for the groups that the page reaches. */
	readonly itemsOf: (group: Group) => readonly Item[];
}

/**
 * One page of a list of groups (a function and its versions). The marker holds the name of the group
 * and the place in it, so that what is created or deleted meanwhile shifts nothing.
 */
export function takePage<Group, Item>(
	options: PageOptions<Group, Item>,
): { readonly items: Item[]; readonly next: string | null } {
	const { list, token, size, groups, nameOf, itemsOf } = options;
	const [fromName = '', fromText = '0'] = positionOf(list, token, badMarker) ?? [];
	const items: Item[] = [];
	for (const group of groups) {
		const name = nameOf(group);
		if (name < fromName) continue;
		const skip = name === fromName ? Number(fromText) : 0;
		const own = itemsOf(group);
		for (let index = skip; index < own.length; index++) {
			const item = own[index] as Item;
			if (items.length === size) return { items, next: pageToken(list, [name, String(index)]) };
			items.push(item);
		}
	}
	return { items, next: null };
}

function badMarker(): AwsError {
	return new AwsError('InvalidParameterValueException', 'Invalid Marker', {
		members: { Type: 'User' },
	});
}

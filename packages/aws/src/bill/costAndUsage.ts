import {
	type Expression,
	GetCostAndUsageCommand,
	type GetCostAndUsageCommandOutput,
	type GroupDefinition,
} from '@aws-sdk/client-cost-explorer';

import type { AccountAws } from '../client/account.ts';

/** One group of one day, amounts as AWS prints them: decimal text. */
export interface CostGroup {
	/** `YYYY-MM-DD`. */
	readonly day: string;
	/** Values of the two dimensions asked for, in their order. */
	readonly keys: readonly string[];
	readonly amounts: Readonly<Record<string, { readonly amount: string; readonly unit: string }>>;
	/** AWS may still change it. */
	readonly estimated: boolean;
}

export interface CostQuestion {
	/** `YYYY-MM-DD`; the end is not included. */
	readonly fromDay: string;
	readonly toDay: string;
	readonly groupBy: readonly ('LINKED_ACCOUNT' | 'USAGE_TYPE' | 'RECORD_TYPE' | 'SERVICE')[];
	readonly services: readonly string[] | null;
	/** Charge types; all when left out. */
	readonly recordTypes?: readonly string[];
	readonly metrics: readonly string[];
}

export interface CostAnswer {
	readonly groups: readonly CostGroup[];
	/** True when pages were left unread, each of which costs a cent. */
	readonly cut: boolean;
}

/** Each page is a paid request ($0.01): a month of two services fits into a few. */
const maxPages = 20;

/** Daily costs and usage of a payer or an account, grouped by up to two dimensions. */
export async function readCosts(account: AccountAws, question: CostQuestion): Promise<CostAnswer> {
	const client = account.costExplorer();
	const groups: CostGroup[] = [];
	let NextPageToken: string | undefined;
	for (let page = 0; page < maxPages; page += 1) {
		const answer: GetCostAndUsageCommandOutput = await client.send(
			new GetCostAndUsageCommand({
				TimePeriod: { Start: question.fromDay, End: question.toDay },
				Granularity: 'DAILY',
				Metrics: [...question.metrics],
				GroupBy: question.groupBy.map((Key): GroupDefinition => ({ Type: 'DIMENSION', Key })),
				...filterOf(question),
				...(NextPageToken === undefined ? {} : { NextPageToken }),
			}),
		);
		groups.push(...(answer.ResultsByTime ?? []).flatMap(groupsOfDay));
		NextPageToken = answer.NextPageToken;
		if (NextPageToken === undefined) return { groups, cut: false };
	}
	return { groups, cut: true };
}

function filterOf({ services, recordTypes }: CostQuestion): { Filter?: Expression } {
	const dimensions: Expression[] = [];
	if (services !== null) dimensions.push({ Dimensions: { Key: 'SERVICE', Values: [...services] } });
	if (recordTypes !== undefined) {
		dimensions.push({ Dimensions: { Key: 'RECORD_TYPE', Values: [...recordTypes] } });
	}
	const [first, ...more] = dimensions;
	if (first === undefined) return {};
	// `And` takes two expressions or more.
	return { Filter: more.length === 0 ? first : { And: dimensions } };
}

function groupsOfDay(
	result: NonNullable<GetCostAndUsageCommandOutput['ResultsByTime']>[number],
): CostGroup[] {
	const day = result.TimePeriod?.Start ?? '';
	return (result.Groups ?? []).map((group) => ({
		day,
		keys: group.Keys ?? [],
		amounts: Object.fromEntries(
			Object.entries(group.Metrics ?? {}).map(([name, { Amount = '0', Unit = '' }]) => [
				name,
				{ amount: Amount, unit: Unit },
			]),
		),
		estimated: result.Estimated ?? true,
	}));
}

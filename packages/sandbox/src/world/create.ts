import { monthStart, nextMonth, restatedAt } from '../bill/calendar.ts';
import { type AccountPlan, defaultRegions, organizationOf, planAccounts } from './accounts.ts';
import { configurationAt } from './configuration.ts';
import { assemble, type Member } from './fleet.ts';
import { occurrences } from './grid.ts';
import { neighbour } from './neighbour.ts';
import { deployOf, releases } from './releases.ts';
import { Blocks } from './run/cache.ts';
import { invocationsOf } from './run/invocations.ts';
import { noTotals, sumRange } from './run/sums.ts';
import { storylines } from './storylines.ts';
import type { Story, TimeRange, World, WorldFunction, WorldOptions } from './world.ts';

/** The world as the services inside the sandbox see it: with the hours that everything is read from. */
export interface LivingWorld extends World {
	readonly members: readonly Member[];
	readonly blocks: Blocks;
	member(functionId: string): Member | null;
	/** Functions of one account and region, deleted ones and replicas too, ascending by name. */
	membersIn(accountId: string, region: string): readonly Member[];
}

const defaults = {
	seed: 20_261_123,
	functionCount: 240,
	trafficScale: 1,
	evenRegions: false,
	faultLab: false,
	replay: null,
};

/**
 * Builds a world. Nothing of its history is computed before it is asked for. `beginsMs` defaults to
 * the first of the month three months before `nowMs`.
 */
export function createWorld(
	options: Partial<WorldOptions> & { readonly nowMs: number },
): LivingWorld {
	const { nowMs, ...rest } = options;
	const whole: WorldOptions = { ...defaults, beginsMs: defaultBegin(nowMs), ...rest };
	const accounts = planAccounts(whole);
	const organization = organizationOf('o-m7r1d14ng0', accounts);
	const organizations = [{ organization, rootId: 'r-m7r1', accounts }, neighbour];
	const members = assemble(whole, accounts);
	const blocks = new Blocks(whole);
	const byId = new Map(members.map((member) => [member.id, member]));
	const places = placesOf(members);
	const membersIn = (accountId: string, region: string) =>
		places.get(`${accountId}.${region}`) ?? [];
	const existsAt = (fn: WorldFunction, atMs: number) =>
		fn.createdMs <= atMs && (fn.deletedMs === null || atMs < fn.deletedMs);
	const memberOf = (fn: WorldFunction): Member => {
		const member = byId.get(fn.id);
		if (member === undefined) throw new RangeError(`no such function: ${fn.id}`);
		return member;
	};
	return {
		options: whole,
		organization,
		accounts,
		regions: defaultRegions,
		members,
		blocks,
		member: (id) => byId.get(id) ?? null,
		membersIn,
		account: (id) =>
			[...accounts, ...neighbour.accounts].find((account) => account.id === id) ?? null,
		organizationOf: (accountId) =>
			organizations.find((one) => one.accounts.some(({ id }) => id === accountId)) ?? null,
		functions: (accountId, region, atMs) =>
			membersIn(accountId, region).filter((fn) => existsAt(fn, atMs)),
		allFunctions: (accountId) =>
			accountId === undefined ? members : members.filter((fn) => fn.accountId === accountId),
		functionByName: (accountId, region, name) => byId.get(`${accountId}.${region}.${name}`) ?? null,
		functionById: (id) => byId.get(id) ?? null,
		existsAt,
		configuration: (fn, atMs) => configurationAt(memberOf(fn), atMs),
		deploys: (fn, range) =>
			releases(memberOf(fn), range).map((release) => deployOf(memberOf(fn), release)),
		stories: (range) =>
			[...storiesIn(members, range), ...restatements(accounts, range)].sort(
				(a, b) => a.fromMs - b.fromMs,
			),
		invocations: (id, range) => {
			const member = byId.get(id);
			return member === undefined ? [] : invocationsOf(blocks, member, range);
		},
		totals: (id, range) => {
			const member = byId.get(id);
			return member === undefined ? noTotals() : sumRange(blocks, member, range);
		},
	};
}

function defaultBegin(nowMs: number): number {
	const now = new Date(nowMs);
	return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 3, 1);
}

function placesOf(members: readonly Member[]): Map<string, Member[]> {
	const places = new Map<string, Member[]>();
	for (const member of members) {
		const key = `${member.accountId}.${member.region}`;
		const list = places.get(key);
		if (list === undefined) places.set(key, [member]);
		else list.push(member);
	}
	for (const list of places.values()) {
		list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
	}
	return places;
}

function storiesIn(members: readonly Member[], range: TimeRange): Story[] {
	const found: Story[] = [];
	for (const story of storylines) {
		const players = members.filter((m) => m.parts.some((part) => part.story === story));
		const lead = players.find((m) => m.parts.some((part) => part.story === story && part.lead));
		const part = lead?.parts.find((candidate) => candidate.story === story);
		if (lead === undefined || part === undefined) continue;
		for (const { fromMs, toMs, k } of occurrences(part.grid, range)) {
			found.push({
				id: `${story.id}-${k}`,
				kind: story.kind,
				title: story.title,
				fromMs,
				toMs,
				accountId: lead.accountId,
				functionIds: players.map((player) => player.id),
			});
		}
	}
	return found;
}

/** The day on which a closed month's bill is corrected. */
function restatements(accounts: readonly AccountPlan[], range: TimeRange): Story[] {
	const account = accounts.find(({ name }) => name === 'shop-production');
	const found: Story[] = [];
	const firstMs = monthStart(range.fromMs - 45 * 86_400_000);
	for (let month = firstMs; month < range.toMs; month = nextMonth(month)) {
		const fromMs = restatedAt(month);
		if (account === undefined || fromMs >= range.toMs || fromMs + 86_400_000 <= range.fromMs)
			continue;
		found.push({
			id: `restatement-${new Date(month).toISOString().slice(0, 7)}`,
			kind: 'bill-restated',
			title: 'AWS refunds a part of a month that was closed already',
			fromMs,
			toMs: fromMs + 86_400_000,
			accountId: account.id,
			functionIds: [],
		});
	}
	return found;
}

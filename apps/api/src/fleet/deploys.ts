import type { Ctx } from '@lamplight/core/ctx';
import type { Deploy } from '@lamplight/core/deploy/deploy';
import type { FunctionId } from '@lamplight/core/ids';
import type { TimeRange } from '@lamplight/core/time';
import type { Store } from '@lamplight/store/store';

import type { DeployMarker } from '../contract/shared.ts';
import { instant } from './range.ts';

/** The most deploys that one page draws; the newest are kept. */
export const maxMarkers = 200;
/** Changes of several functions this close together are one deploy of their app. */
const sameDeployMs = 10 * 60_000;

/** What an app's deploy is to a person: changes of its functions at about one time. */
export interface AppDeploy {
	readonly id: Deploy['id'];
	readonly atMs: number;
	readonly appId: string | null;
	readonly members: readonly Deploy[];
}

/** Deploys of the range, newest first; of one function when given. */
export async function readDeploys(
	store: Store,
	ctx: Ctx,
	{ range, functionId }: { readonly range: TimeRange; readonly functionId?: FunctionId },
): Promise<readonly Deploy[]> {
	const page = await store.deploys.list(ctx, range, {
		limit: maxMarkers,
		...(functionId === undefined ? {} : { functionId }),
	});
	return page.items;
}

/** Deploys as people see them: changes of one app within minutes are one. Newest first. */
export function appDeploys(deploys: readonly Deploy[]): AppDeploy[] {
	const groups: { appId: string | null; members: Deploy[] }[] = [];
	const newestOf = new Map<string, { appId: string | null; members: Deploy[] }>();
	for (const deploy of [...deploys].sort((a, b) => b.atMs - a.atMs)) {
		const key = deploy.appId ?? `function ${deploy.functionId}`;
		const open = newestOf.get(key);
		const last = open?.members.at(-1);
		if (open !== undefined && last !== undefined && last.atMs - deploy.atMs <= sameDeployMs) {
			open.members.push(deploy);
		} else {
			const group = { appId: deploy.appId, members: [deploy] };
			groups.push(group);
			newestOf.set(key, group);
		}
	}
	return groups.flatMap(({ appId, members }) => {
		// The oldest change names the deploy: later ones join it without renaming it.
		const first = members.at(-1);
		return first === undefined ? [] : [{ id: first.id, atMs: first.atMs, appId, members }];
	});
}

/** The short name of a deploy: a version, else a short commit. */
export function labelOfDeploy(members: readonly Deploy[]): string | null {
	const commit = members.find((one) => one.commit !== null)?.commit ?? null;
	const versions = new Set(members.flatMap(({ version }) => (version === null ? [] : [version])));
	const [version] = versions;
	if (versions.size === 1 && version !== undefined) {
		return /^\d+$/.test(version) ? `v${version}` : version;
	}
	return commit === null ? null : commit.slice(0, 7);
}

/** A deploy as a chart's marker. `appName` is what to print for its app. */
export function markerOf(deploy: AppDeploy, appName: string | null): DeployMarker {
	const functions = new Set(
		deploy.members.flatMap(({ functionId }) => (functionId === null ? [] : [functionId])),
	);
	return {
		id: deploy.id,
		at: instant(deploy.atMs),
		app: appName,
		label: labelOfDeploy(deploy.members),
		functions: functions.size,
	};
}

/** Fields that change with the code and say nothing beside it. */
const codeFields = new Set(['code', 'version', 'aliases']);

/** What a deploy changed, in a few words; `null` when only code did. */
export function changeText(members: readonly Deploy[]): string | null {
	const change = members
		.flatMap(({ changes }) => changes)
		.find(({ field }) => !codeFields.has(field));
	if (change === undefined) return null;
	return `${change.field} ${change.before ?? '–'} → ${change.after ?? '–'}`;
}

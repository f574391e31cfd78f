import type { LambdaFunction } from '@lamplight/core/function/function';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import type { Figures } from './figures.ts';
import type { ChangedSlot } from './writeSlots.ts';

export interface IssueInput {
	readonly region: string;
	readonly figures: Figures;
	readonly changed: readonly ChangedSlot[];
	readonly inventory: readonly LambdaFunction[];
}

/** Groups the failures of slots that changed into issues. */
export async function recordIssues(
	_deps: JobDeps,
	_work: Work,
	_input: IssueInput,
): Promise<void> {}

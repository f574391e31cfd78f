import { lambdaDeps } from '../lambdaDeps.ts';
import { runPlan } from './run.ts';

const deps = lambdaDeps(process.env, () => Date.now());

/** The scheduler's trigger, every minute. */
export async function handler(): Promise<void> {
	await runPlan(deps);
}

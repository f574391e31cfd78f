import { conditionsHold, substitute, type ConditionContext } from './condition.ts';
import { matchesPattern } from './pattern.ts';
import type { Policy, Statement } from './policy.ts';

export interface Question {
	/** `service:Operation`. */
	readonly action: string;
	/** An ARN, or `*` for actions without resources. */
	readonly resource: string;
	readonly context: ConditionContext;
}

export type Verdict = 'allow' | 'explicit-deny' | 'implicit-deny';

/** What a set of identity-like policies says: a deny beats an allow, and silence is a deny. */
export function verdictOf(policies: readonly Policy[], question: Question): Verdict {
	let allowed = false;
	for (const policy of policies) {
		for (const statement of policy.statements) {
			if (!speaksOf(statement, question)) continue;
			if (statement.effect === 'Deny') return 'explicit-deny';
			allowed = true;
		}
	}
	return allowed ? 'allow' : 'implicit-deny';
}

/** Whether a statement's action, resource and conditions cover the question; principals are apart. */
export function speaksOf(statement: Statement, question: Question): boolean {
	return (
		coversAction(statement, question.action) &&
		coversResource(statement, question) &&
		conditionsHold(statement.conditions, question.context)
	);
}

/** Whether a statement names an action, wildcards and NotAction considered; case does not matter. */
export function coversAction(statement: Statement, action: string): boolean {
	const named = statement.actions.some((pattern) => matchesPattern(pattern, action, true));
	return named !== statement.notActions;
}

function coversResource(statement: Statement, question: Question): boolean {
	if (statement.resources.length === 0) return true;
	const named = statement.resources.some((pattern) =>
		matchesPattern(substitute(pattern, question.context), question.resource),
	);
	return named !== statement.notResources;
}

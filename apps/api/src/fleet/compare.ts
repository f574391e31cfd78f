import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { Money } from '@lamplight/core/money';
import { toNumber } from '@lamplight/core/money';
import type { TimeRange } from '@lamplight/core/time';

import type { Comparison } from '../contract/functionPages.ts';
import type { CostProvenance, DeployMarker } from '../contract/shared.ts';
import { perThousand } from '../cost/wire.ts';
import { ms, share } from './figures.ts';
import { span } from './range.ts';

/** One side of a deploy: its figures and their cost. */
export interface Side {
	readonly range: TimeRange;
	readonly figures: Aggregate;
	readonly cost: Money | null;
	readonly provenance: CostProvenance;
}

export interface ComparisonInput {
	readonly deploy: DeployMarker;
	readonly commit: string | null;
	readonly actor: string | null;
	readonly changes: Comparison['changes'];
	readonly beforeRange: TimeRange;
	/** `null` where nobody has read that time. */
	readonly before: Side | null;
	readonly after: Side;
	/** There is too little time between this deploy and its neighbours or now. */
	readonly tooShort: boolean;
}

/** Executions on each side below which nothing is judged. */
export const enoughToJudge = 300;
/** Three standard errors: one false alarm in about 700 comparisons. */
const significantZ = 3;
const worseByErrors = 0.002;
const worseByDuration = 1.2;
const worseByCost = 1.1;

/** What a deploy did, from equal spans before and after it. */
export function compareSides(input: ComparisonInput): Comparison {
	const { before, after } = input;
	const { verdict, because } = verdictOf(input);
	const compared = <T>(of: (side: Side) => T) => ({
		before: before === null ? null : of(before),
		after: of(after),
	});
	return {
		deploy: input.deploy,
		commit: input.commit,
		actor: input.actor,
		before: span(input.beforeRange),
		after: span(after.range),
		invocations: compared(({ figures }) => figures.invocations),
		errorShare: compared(errorShare),
		p95Ms: compared(({ figures }) => ms(figures.p95Us)),
		p99Ms: compared(({ figures }) => ms(figures.p99Us)),
		costPerThousand: compared(unitCost),
		verdict,
		because,
		changes: input.changes,
	};
}

function verdictOf({
	before,
	after,
	tooShort,
}: ComparisonInput): Pick<Comparison, 'verdict' | 'because'> {
	const tooLittle = (why: string) => ({ verdict: 'tooLittleData' as const, because: [why] });
	if (before === null) return tooLittle('the time before it has not been read');
	return tooShort ? tooLittle('less than ten minutes to compare') : judge(before, after);
}

function errorShare({ figures }: Side): number | null {
	return share(figures.errors, figures.errorsKnownInvocations);
}

function unitCost({ cost, figures, provenance }: Side) {
	return perThousand(cost, figures.invocations, provenance);
}

function judge(before: Side, after: Side): Pick<Comparison, 'verdict' | 'because'> {
	const short = [before, after].filter(({ figures }) => figures.invocations < enoughToJudge);
	if (short.length > 0) {
		return { verdict: 'tooLittleData', because: [`fewer than ${enoughToJudge} executions`] };
	}
	const worse: string[] = [];
	const better: string[] = [];
	const note = (measure: string, change: -1 | 0 | 1) => {
		if (change > 0) worse.push(measure);
		if (change < 0) better.push(measure);
	};
	note('errors', errorChange(before.figures, after.figures));
	note('p95', ratioChange(before.figures.p95Us, after.figures.p95Us, worseByDuration));
	note('cost', ratioChange(costEach(before), costEach(after), worseByCost));
	if (worse.length > 0) return { verdict: 'worse', because: worse };
	return better.length > 0
		? { verdict: 'better', because: better }
		: { verdict: 'same', because: [] };
}

/** A change of the share of errors that chance does not explain and that is worth a word. */
function errorChange(before: Aggregate, after: Aggregate): -1 | 0 | 1 {
	const [n, m] = [before.errorsKnownInvocations, after.errorsKnownInvocations];
	if (n === 0 || m === 0 || before.errors === null || after.errors === null) return 0;
	const difference = after.errors / m - before.errors / n;
	const pooled = (before.errors + after.errors) / (n + m);
	const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
	if (deviation === 0 || Math.abs(difference) < worseByErrors) return 0;
	if (Math.abs(difference) / deviation < significantZ) return 0;
	return difference > 0 ? 1 : -1;
}

function costEach({ cost, figures }: Side): number | null {
	return cost === null || figures.invocations === 0 ? null : toNumber(cost) / figures.invocations;
}

function ratioChange(before: number | null, after: number | null, limit: number): -1 | 0 | 1 {
	if (before === null || after === null || before <= 0 || after <= 0) return 0;
	if (after / before >= limit) return 1;
	return before / after >= limit ? -1 : 0;
}

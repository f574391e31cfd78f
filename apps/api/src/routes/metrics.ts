import { functionParts } from '@lamplight/core/ids';
import { toNumber } from '@lamplight/core/money';

import { readFleet } from '../fleet/fleet.ts';
import { resolveRange } from '../fleet/range.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

const key = 'GET /v1/metrics';

/** Functions of one scrape, the busiest first. */
const maxFunctions = 5_000;

/**
 * OpenMetrics (specification 1.0) for Prometheus. They are gauges over the last hour: counters
 * would have to never go down, and CloudWatch's late arrivals and corrections do.
 */
export function metricsHandlers(deps: RouteDeps): Handlers<typeof key> {
	return {
		[key]: async ({ ctx }) => {
			const range = resolveRange({ from: 'now-1h', to: 'now' }, deps.clock());
			const fleet = await readFleet(deps.store, ctx, { range, before: false, sparks: false });
			const ran = fleet.items
				.filter(({ now }) => now !== null)
				.sort((a, b) => (b.now?.invocations ?? 0) - (a.now?.invocations ?? 0));
			const items = ran.slice(0, maxFunctions);
			const family = (
				name: string,
				help: string,
				value: (item: (typeof items)[number]) => number | null,
			) =>
				[
					`# TYPE ${name} gauge`,
					`# HELP ${name} ${help}`,
					...items.flatMap((item) => {
						const number = value(item);
						return number === null
							? []
							: [`${name}{${labels(item.fn.id, item.fn.app?.name)}} ${number}`];
					}),
				].join('\n');
			return `${[
				family(
					'lamplight_lambda_invocations_1h',
					'Invocations in the last hour.',
					({ now }) => now?.invocations ?? null,
				),
				family(
					'lamplight_lambda_errors_1h',
					'Failed invocations in the last hour.',
					({ now }) => now?.errors ?? null,
				),
				family(
					'lamplight_lambda_throttles_1h',
					'Throttled calls in the last hour.',
					({ now }) => now?.throttles ?? null,
				),
				family(
					'lamplight_lambda_duration_seconds_1h',
					'Sum of durations in the last hour, in seconds.',
					({ now }) => (now === null ? null : now.durationSumUs / 1e6),
				),
				family(
					'lamplight_lambda_duration_p95_seconds',
					'95th percentile of duration over the last hour, in seconds.',
					({ now }) => (now === null || now.p95Us === null ? null : now.p95Us / 1e6),
				),
				family(
					'lamplight_lambda_cost_usd_1h',
					'Cost at list price in the last hour, in dollars.',
					({ cost }) => (cost.total === null ? null : toNumber(cost.total)),
				),
				leftOut(ran.length - items.length),
			].join('\n')}\n# EOF\n`;
		},
	};
}

/** A limit that is hit is told, here as a figure to alert on. */
function leftOut(functions: number): string {
	const name = 'lamplight_functions_left_out';
	return [
		`# TYPE ${name} gauge`,
		`# HELP ${name} Functions beyond the busiest ${maxFunctions}, of which nothing is told here.`,
		`${name} ${functions}`,
	].join('\n');
}

function labels(id: Parameters<typeof functionParts>[0], app: string | undefined): string {
	const { accountId, region, name } = functionParts(id);
	const pairs = { account: accountId, region, function: name, app: app ?? '' };
	return Object.entries(pairs)
		.map(([label, value]) => `${label}="${escape(value)}"`)
		.join(',');
}

function escape(value: string): string {
	return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

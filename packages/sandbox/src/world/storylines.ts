import type { StoryKind } from './world.ts';

/** What a story does to the functions it touches while it lasts. Absent parts change nothing. */
export interface Effect {
	/** Multiplies the rate of invocations. */
	readonly rateFactor?: number;
	/** The rate doubles this often, from the usual one up to `ratePerMinuteMost`. */
	readonly doublesEveryMs?: number;
	readonly ratePerMinuteMost?: number;
	readonly durationFactor?: number;
	readonly memoryFactor?: number;
	readonly errorShare?: number;
	/** Which error of the language it is; see the failures' texts. */
	readonly error?: 'release' | 'dependency';
	readonly timeoutShare?: number;
	/** Share of requests refused because the account's limit is reached. */
	readonly throttleShare?: number;
	/** Environments that the function can get at most. */
	readonly environmentsMost?: number;
	readonly silent?: boolean;
	/** MiB that each execution leaves behind in its environment. */
	readonly leakMib?: number;
}

/**
 * A story that comes back: occurrence k starts in the k-th cell of a grid counted from the epoch, so
 * it lies at the same instant whenever one looks, and there is always a recent one.
 */
export interface Storyline {
	readonly id: string;
	readonly kind: StoryKind;
	readonly title: string;
	/** Keys of the cast, or a prefix that ends in `:`. */
	readonly cast: readonly string[];
	/** Keys whose functions bear `bystanderEffect`. */
	readonly bystanders?: readonly string[];
	readonly periodMinutes: number;
	readonly offsetMinutes: number;
	readonly lengthMinutes: number;
	readonly effect: Effect;
	readonly bystanderEffect?: Effect;
	/** It begins with a release and ends with its repair. */
	readonly release: 'code' | 'configuration' | null;
}

const hours = 60;

export const storylines: readonly Storyline[] = [
	{
		id: 'slow-checkout',
		kind: 'slow-deploy',
		title: 'A release of checkout-api doubles its latency and its cost',
		cast: ['checkout-api'],
		periodMinutes: 47 * hours,
		offsetMinutes: 9 * hours,
		lengthMinutes: 19 * hours,
		effect: { durationFactor: 2.15 },
		release: 'code',
	},
	{
		id: 'thumbnail-burst',
		kind: 'throttling',
		title: 'A bulk upload takes the account to its limit; others are throttled',
		cast: ['thumbnail-maker'],
		bystanders: ['checkout-api', 'cart-api', 'orders-consumer', 'customer-profile-api'],
		periodMinutes: 29 * hours,
		offsetMinutes: 13 * hours,
		lengthMinutes: 9,
		effect: { ratePerMinuteMost: 7_600, doublesEveryMs: 4_000, environmentsMost: 970 },
		bystanderEffect: { throttleShare: 0.3 },
		release: null,
	},
	{
		id: 'feed-recursion',
		kind: 'runaway-recursion',
		title: 'feed-sync writes to the bucket that triggers it, and calls itself without end',
		cast: ['feed-sync'],
		periodMinutes: 53 * hours,
		offsetMinutes: 4 * hours,
		lengthMinutes: 26,
		effect: { doublesEveryMs: 75_000, ratePerMinuteMost: 4_500 },
		release: null,
	},
	{
		id: 'invoice-leak',
		kind: 'memory-leak',
		title: 'invoice-renderer keeps every rendered page until its memory is full',
		cast: ['invoice-renderer'],
		periodMinutes: 61 * hours,
		offsetMinutes: 20 * hours,
		lengthMinutes: 37 * hours,
		effect: { leakMib: 2.4 },
		release: 'code',
	},
	{
		id: 'capture-timeouts',
		kind: 'timeouts',
		title: 'The card network answers slowly; payment-capture times out',
		cast: ['payment-capture'],
		periodMinutes: 19 * hours,
		offsetMinutes: 7 * hours,
		lengthMinutes: 34,
		effect: { timeoutShare: 0.28, durationFactor: 2.5 },
		release: null,
	},
	...(['inventory-sync', 'settlement-sweep'] as const).map((key, index) => ({
		id: `silent-${key}`,
		kind: 'silent-cron' as const,
		title: `${key} is scheduled and does not run`,
		cast: [key],
		periodMinutes: 96 * hours,
		offsetMinutes: index * 48 * hours,
		lengthMinutes: 45 * hours,
		effect: { silent: true },
		release: null,
	})),
	{
		id: 'stock-ledger-down',
		kind: 'dependency-down',
		title: 'The stock ledger is down; forty functions that ask it fail together',
		cast: ['fulfilment:'],
		periodMinutes: 23 * hours,
		offsetMinutes: 11 * hours,
		lengthMinutes: 21,
		effect: { errorShare: 0.72, error: 'dependency', durationFactor: 4 },
		release: null,
	},
	...(
		[
			['customer-profile-api', 'Node.js', 41, 0.035],
			['recommendation-ranker', 'Python', 44, 0.05],
			['tax-calculator', 'Java', 37, 0.025],
			['address-lookup', 'Go', 50, 0.04],
			['loyalty-points', '.NET', 46, 0.06],
		] as const
	).map(([key, language, period, errorShare], index) => ({
		id: `new-error-${key}`,
		kind: 'new-error' as const,
		title: `A release of ${key} (${language}) brings an error that was not there before`,
		cast: [key],
		periodMinutes: period * hours,
		offsetMinutes: (3 + 7 * index) * hours,
		lengthMinutes: 21 * hours,
		effect: { errorShare, error: 'release' as const },
		release: 'code' as const,
	})),
	{
		id: 'export-resized',
		kind: 'memory-change',
		title: 'orders-export gets twice the memory and takes 60% of the time',
		cast: ['orders-export'],
		periodMinutes: 140 * hours,
		offsetMinutes: 30 * hours,
		lengthMinutes: 70 * hours,
		effect: { memoryFactor: 2, durationFactor: 0.6 },
		release: 'configuration',
	},
	...(
		[
			['chatty-logs', 'audit-trail', 'audit-trail writes logs that cost ten times its compute'],
			['oversized-memory', 'report-builder', 'report-builder has 3,008 MB and uses 210'],
			['idle-provisioned', 'holiday-promo-api', 'holiday-promo-api keeps 20 idle environments'],
		] as const
	).map(([kind, key, title]) => ({
		id: `${kind}-${key}`,
		kind,
		title,
		cast: [key],
		// One cell without gaps: this story never ends.
		periodMinutes: 24 * hours,
		offsetMinutes: 0,
		lengthMinutes: 24 * hours,
		effect: {},
		release: null,
	})),
];

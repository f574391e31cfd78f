import type { Blueprint, LogHabit, ReleaseHabit, Traffic, Work } from './blueprint.ts';
import { languageTraits } from './blueprint.ts';
import { hashText, pick, unit } from './random.ts';
import type { AppMembership, Language, Trigger } from './functionConfiguration.ts';

/** The parts of a function that somebody chose; the rest follows from its name and language. */
export interface Draft {
	readonly key?: string;
	readonly name: string;
	readonly accountId: string;
	readonly region: string;
	readonly language: Language;
	readonly trigger: Trigger;
	readonly traffic: Traffic;
	readonly memoryMib?: number;
	readonly timeoutSeconds?: number;
	readonly architecture?: 'x86_64' | 'arm64';
	readonly image?: boolean;
	readonly work?: Partial<Work>;
	readonly logs?: Partial<LogHabit>;
	readonly release?: Partial<ReleaseHabit>;
	readonly app?: AppMembership | null;
	readonly team?: string | null;
	readonly costCenter?: string | null;
	readonly settings?: Partial<
		Pick<
			Blueprint,
			| 'ephemeralStorageMib'
			| 'errorShare'
			| 'reservedConcurrency'
			| 'provisionedConcurrency'
			| 'snapStart'
			| 'tracing'
			| 'streaming'
			| 'edgeMasterArn'
		>
	>;
}

/** Fills a draft: what nobody chose is taken from a hash of the name, so it never changes. */
export function complete(draft: Draft, seed: number): Blueprint {
	const hash = hashText(`${draft.accountId}/${draft.region}/${draft.name}`, seed);
	const traits = languageTraits[draft.language];
	const architecture = draft.architecture ?? (unit(hash, 1) < 0.45 ? 'arm64' : 'x86_64');
	const memoryMib = draft.memoryMib ?? pick([256, 512, 512, 1024], hash >>> 3);
	const provisioned = draft.settings?.provisionedConcurrency ?? null;
	const alias = draft.release?.alias ?? (provisioned === null ? null : 'live');
	return {
		key: draft.key ?? null,
		name: draft.name,
		accountId: draft.accountId,
		region: draft.region,
		language: draft.language,
		runtime: draft.image === true ? null : pick(traits.runtimes, hash >>> 5),
		architecture,
		memoryMib,
		timeoutSeconds: draft.timeoutSeconds ?? defaultTimeout(draft.trigger),
		trigger: draft.trigger,
		traffic: draft.traffic,
		work: completeWork(draft, { hash, architecture, memoryMib }),
		logs: {
			group: null,
			format: unit(hash, 2) < 0.3 ? 'JSON' : 'Text',
			systemLogLevel: null,
			groupClass: 'STANDARD',
			retentionDays: pick([null, null, 14, 30, 90], hash >>> 7),
			linesPerRun: 1 + (hash % 4),
			...draft.logs,
		},
		app: draft.app ?? null,
		team: draft.team ?? null,
		costCenter: draft.costCenter ?? null,
		release: { everyDays: 4 + (hash % 17), alias, ...draft.release },
		ageDays: 30 + ((hash >>> 9) % 700),
		ephemeralStorageMib: 512,
		errorShare: pick([0, 0.0005, 0.001, 0.002, 0.004, 0.008], hash >>> 11),
		reservedConcurrency: null,
		provisionedConcurrency: null,
		snapStart: false,
		tracing: unit(hash, 3) < 0.35,
		streaming: false,
		edgeMasterArn: null,
		...draft.settings,
	};
}

function completeWork(
	draft: Draft,
	facts: { hash: number; architecture: 'x86_64' | 'arm64'; memoryMib: number },
): Work {
	const traits = languageTraits[draft.language];
	const factor = traits.appFactor * (0.7 + 0.9 * unit(facts.hash, 4));
	// An image's first start reads its layers: about 1.7 times a zip's in the run cited for the traits.
	const imageFactor = draft.image === true ? 1.7 : 1;
	const used = traits.helloMemoryMib * (1.1 + 0.8 * unit(facts.hash, 5));
	return {
		medianMs: 90,
		sigma: 0.45,
		initMs: traits.helloInitMs[facts.architecture] * factor * imageFactor,
		memoryUsedMib: Math.min(facts.memoryMib * 0.8, used),
		streamedBytes: 0,
		largeEventShare: 0,
		...draft.work,
	};
}

function defaultTimeout(trigger: Trigger): number {
	// API Gateway gives up after 29 s (API Gateway quotas, read 2026-04), so HTTP functions stay below.
	if (trigger === 'http') return 29;
	if (trigger === 'edge') return 5;
	return 60;
}

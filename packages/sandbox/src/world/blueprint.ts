import type { TraceFunction } from './replay/trace.ts';
import type { AppMembership, Language, Runtime, Trigger } from './functionConfiguration.ts';

/**
 * Everything about a function that does not depend on time: where it lives, what it is made of, how
 * it is called and how it behaves. Time adds releases and stories.
 */
export interface Blueprint {
	/** Names a member of the cast for the stories; `null` for generated functions. */
	readonly key: string | null;
	readonly name: string;
	readonly accountId: string;
	readonly region: string;
	readonly language: Language;
	/** `null` for container images. */
	readonly runtime: Runtime | null;
	readonly architecture: 'x86_64' | 'arm64';
	readonly memoryMib: number;
	readonly ephemeralStorageMib: number;
	readonly timeoutSeconds: number;
	readonly trigger: Trigger;
	readonly traffic: Traffic;
	readonly work: Work;
	readonly logs: LogHabit;
	/** Share of executions that fail on an ordinary day. */
	readonly errorShare: number;
	readonly reservedConcurrency: number | null;
	readonly provisionedConcurrency: number | null;
	readonly snapStart: boolean;
	readonly tracing: boolean;
	readonly streaming: boolean;
	readonly edgeMasterArn: string | null;
	readonly app: AppMembership | null;
	readonly team: string | null;
	readonly costCenter: string | null;
	readonly release: ReleaseHabit;
	/** Days before 1 March 2026 on which it was created. */
	readonly ageDays: number;
}

/** How often it runs: at random around a mean, on a schedule, or as a trace recorded it. */
export type Traffic =
	| {
			readonly kind: 'random';
			readonly perDay: number;
			/** 0: as many by night as by day; 1: almost none at night. */
			readonly swing: number;
			/** Saturday and Sunday beside a working day. */
			readonly weekend: number;
			readonly peakHourUtc: number;
	  }
	| { readonly kind: 'cron'; readonly everyMinutes: number; readonly offsetMinutes: number }
	| {
			readonly kind: 'recorded';
			readonly trace: TraceFunction;
			/** Length of one playing, whole hours. */
			readonly lengthMs: number;
	  };

/** What one execution takes. */
export interface Work {
	readonly medianMs: number;
	/** Standard deviation of the logarithm of durations. */
	readonly sigma: number;
	readonly initMs: number;
	readonly memoryUsedMib: number;
	/** Mean response bytes of a streaming function. */
	readonly streamedBytes: number;
	/** Share of asynchronous events above 256 KB, billed as two requests. */
	readonly largeEventShare: number;
}

export interface LogHabit {
	/** `null`: `/aws/lambda/NAME`. */
	readonly group: string | null;
	readonly format: 'Text' | 'JSON';
	readonly systemLogLevel: 'DEBUG' | 'INFO' | 'WARN' | null;
	readonly groupClass: 'STANDARD' | 'INFREQUENT_ACCESS';
	readonly retentionDays: number | null;
	/** Application lines of one execution, on average. */
	readonly linesPerRun: number;
}

export interface ReleaseHabit {
	/** Mean days between releases. */
	readonly everyDays: number;
	/** The alias that callers use; `null` when `$LATEST` is called and no version is published. */
	readonly alias: string | null;
}

interface LanguageTraits {
	readonly runtimes: readonly Runtime[];
	readonly handler: string;
	/** Medians of hello-world cold starts, zip, x86 and arm64, 512 MB; milliseconds. */
	readonly helloInitMs: { readonly x86_64: number; readonly arm64: number };
	/** Memory that a hello-world uses. */
	readonly helloMemoryMib: number;
	/** What frameworks and SDKs multiply that by; ours, chosen to look like services people run. */
	readonly appFactor: number;
}

// Cold starts and memory: lambda-perf, run of 2026-06-22 (maxday/lambda-perf), 512 MB zip.
export const languageTraits: Readonly<Record<Language, LanguageTraits>> = {
	node: {
		runtimes: ['nodejs22.x', 'nodejs24.x', 'nodejs20.x'],
		handler: 'index.handler',
		helloInitMs: { x86_64: 151, arm64: 129 },
		helloMemoryMib: 74,
		appFactor: 2.2,
	},
	python: {
		runtimes: ['python3.13', 'python3.12'],
		handler: 'app.handler',
		helloInitMs: { x86_64: 119, arm64: 89 },
		helloMemoryMib: 37,
		appFactor: 3.5,
	},
	java: {
		runtimes: ['java21', 'java17'],
		handler: 'io.meridian.Handler::handleRequest',
		helloInitMs: { x86_64: 264, arm64: 249 },
		helloMemoryMib: 96,
		appFactor: 9,
	},
	go: {
		runtimes: ['provided.al2023'],
		handler: 'bootstrap',
		helloInitMs: { x86_64: 53, arm64: 41 },
		helloMemoryMib: 17,
		appFactor: 1.8,
	},
	dotnet: {
		runtimes: ['dotnet8'],
		handler: 'Meridian::Meridian.Function::FunctionHandler',
		helloInitMs: { x86_64: 299, arm64: 267 },
		helloMemoryMib: 69,
		appFactor: 2.6,
	},
	rust: {
		runtimes: ['provided.al2023'],
		handler: 'bootstrap',
		helloInitMs: { x86_64: 17, arm64: 14 },
		helloMemoryMib: 15,
		appFactor: 2,
	},
};

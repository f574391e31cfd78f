import { pascal, tagsOf } from './apps.ts';
import { languageTraits } from './blueprint.ts';
import type { Member } from './fleet.ts';
import { hashText, mix, unit } from './random.ts';
import { lastRelease, releases, releasesUntil } from './releases.ts';
import { hex8 } from './run/identity.ts';
import { effectAt, spansOf } from './run/spans.ts';
import type {
	EventSourceMapping,
	FunctionConfiguration,
	LayerReference,
	LoggingConfiguration,
	PublishedVersion,
} from './functionConfiguration.ts';

/** Published versions that are kept; older ones were deleted by the pipeline. */
const versionsKept = 5;
const dayMs = 86_400_000;

/** A function's configuration as it was at an instant. */
export function configurationAt(member: Member, atMs: number): FunctionConfiguration {
	const { blueprint } = member;
	const count = releasesUntil(member, atMs);
	const changedMs = lastRelease(member, atMs)?.atMs ?? member.createdMs;
	const published = blueprint.release.alias === null ? [] : versionsAt(member, { atMs, count });
	const newest = published.at(-1);
	const alias = blueprint.release.alias;
	return {
		...fixedPart(member),
		memoryMib: memoryAt(member, atMs),
		codeSizeBytes: codeSize(member, count),
		codeSha256: sha(member, count),
		revisionId: revision(member, count),
		lastModifiedMs: changedMs,
		provisionedConcurrency:
			blueprint.provisionedConcurrency === null || alias === null
				? []
				: [
						{
							qualifier: alias,
							requested: blueprint.provisionedConcurrency,
							lastModifiedMs: changedMs,
						},
					],
		versions: published,
		aliases:
			alias === null || newest === undefined
				? []
				: [
						{
							name: alias,
							version: newest.version,
							revisionId: revision(member, count + 0x1000),
						},
					],
	};
}

/** Memory at an instant: stories may change it. */
export function memoryAt(member: Member, atMs: number): number {
	const spans = spansOf(member, { fromMs: atMs, toMs: atMs + 1 });
	return member.blueprint.memoryMib * (effectAt(spans, atMs)?.memoryFactor ?? 1);
}

/** Where a function's log events go. */
export function loggingOf(member: Member): LoggingConfiguration {
	const { logs } = member.blueprint;
	return {
		logGroup: logs.group ?? `/aws/lambda/${member.name}`,
		format: logs.format,
		systemLogLevel: logs.format === 'JSON' ? (logs.systemLogLevel ?? 'INFO') : null,
		applicationLogLevel: logs.format === 'JSON' ? 'INFO' : null,
		groupClass: logs.groupClass,
		retentionDays: logs.retentionDays,
	};
}

type FixedPart = Omit<
	FunctionConfiguration,
	| 'memoryMib'
	| 'codeSizeBytes'
	| 'codeSha256'
	| 'revisionId'
	| 'lastModifiedMs'
	| 'provisionedConcurrency'
	| 'versions'
	| 'aliases'
>;

function fixedPart(member: Member): FixedPart {
	const { blueprint } = member;
	const isImage = blueprint.runtime === null;
	return {
		runtime: blueprint.runtime,
		language: blueprint.language,
		packageType: isImage ? 'Image' : 'Zip',
		handler: isImage ? null : languageTraits[blueprint.language].handler,
		imageUri: isImage
			? `${member.accountId}.dkr.ecr.${member.region}.amazonaws.com/${slug(member)}:release`
			: null,
		description: describe(member),
		architecture: blueprint.architecture,
		ephemeralStorageMib: blueprint.ephemeralStorageMib,
		timeoutSeconds: blueprint.timeoutSeconds,
		roleArn: `arn:aws:iam::${member.accountId}:role/${slug(member).slice(0, 50)}-role`,
		snapStart: blueprint.snapStart,
		tracing: blueprint.tracing,
		reservedConcurrency: blueprint.reservedConcurrency,
		eventSources: eventSourcesOf(member),
		layers: layersOf(member),
		logging: loggingOf(member),
		tags: tagsOf({ ...member, ...blueprint }),
		environment: environmentOf(member),
		app: blueprint.app,
		trigger: blueprint.trigger,
		streaming: blueprint.streaming,
	};
}

function versionsAt(member: Member, facts: { atMs: number; count: number }): PublishedVersion[] {
	const spanMs = member.blueprint.release.everyDays * (versionsKept + 3) * dayMs;
	const recent = releases(member, { fromMs: facts.atMs - spanMs, toMs: facts.atMs + 1 });
	const kept = recent.slice(-versionsKept);
	const publish = (number: number, atMs: number): PublishedVersion => ({
		version: String(number),
		publishedMs: atMs,
		codeSha256: sha(member, number),
		revisionId: revision(member, number + 0x2000),
		memoryMib: memoryAt(member, atMs + 60_000),
		timeoutSeconds: member.blueprint.timeoutSeconds,
	});
	if (kept.length === 0) return [publish(1, member.createdMs)];
	return kept.map((release, index) =>
		publish(Math.max(1, facts.count - (kept.length - 1 - index)), release.atMs),
	);
}

function sha(member: Member, release: number): string {
	const words = Array.from({ length: 8 }, (_, n) => mix(member.seed, release, 0x5a + n));
	return Buffer.from(Uint32Array.from(words).buffer).toString('base64');
}

function revision(member: Member, release: number): string {
	const [a, b, c, d] = [1, 2, 3, 4].map((n) => hex8(mix(member.seed, release, 0xc0 + n)));
	return `${a}-${b?.slice(0, 4)}-4${b?.slice(5)}-b${c?.slice(1, 4)}-${c?.slice(4)}${d}`;
}

function codeSize(member: Member, release: number): number {
	if (member.blueprint.runtime === null) return 0;
	// Recorded functions have no init of their own; some code they have.
	const initMs = Math.max(100, member.blueprint.work.initMs);
	return Math.round(initMs * 9_000 * (1 + 0.05 * unit(member.seed, release, 0xcc)));
}

function slug(member: Member): string {
	return member.name.replaceAll('.', '-').toLowerCase();
}

function describe(member: Member): string {
	const { app } = member.blueprint;
	return app === null ? '' : `${pascal(app.name)}: ${member.name}`;
}

function layersOf(member: Member): LayerReference[] {
	const { language, runtime } = member.blueprint;
	if (runtime === null || unit(member.seed, 0x1a) > 0.25) return [];
	if (language === 'node' || language === 'python') {
		const name = language === 'node' ? 'shared-node-utilities' : 'shared-python-utilities';
		return [
			{
				arn: `arn:aws:lambda:${member.region}:${member.accountId}:layer:${name}:${3 + (member.seed % 20)}`,
				codeSizeBytes: 1_482_113 + (member.seed % 90_000),
			},
		];
	}
	return [];
}

function environmentOf(member: Member): Record<string, string> {
	const token = hex8(hashText(member.id, 1)) + hex8(hashText(member.id, 2));
	return {
		LOG_LEVEL: 'info',
		STAGE: member.blueprint.app?.stage ?? 'production',
		DATABASE_URL: `postgres://service:${token}@db.meridian-goods.example:5432/${slug(member).slice(0, 20)}`,
		WEBHOOK_SIGNING_SECRET: `whsec_${token}${token}`,
	};
}

function eventSourcesOf(member: Member): EventSourceMapping[] {
	const { trigger } = member.blueprint;
	if (trigger !== 'sqs' && trigger !== 'stream') return [];
	const where = `${member.region}:${member.accountId}`;
	const [a, b, c] = [1, 2, 3].map((n) => hex8(mix(member.seed, n, 0xe5)));
	const common = {
		uuid: `${a}-${b?.slice(0, 4)}-4${b?.slice(5)}-8${c?.slice(1, 4)}-${c?.slice(4)}${a}`,
		state: 'Enabled',
		lastModifiedMs: member.createdMs,
	} as const;
	if (trigger === 'sqs') {
		return [
			{
				...common,
				eventSourceArn: `arn:aws:sqs:${where}:${slug(member)}-queue`,
				batchSize: 10,
				provisionedPollers: null,
			},
		];
	}
	return [
		{
			...common,
			eventSourceArn: `arn:aws:kinesis:${where}:stream/${slug(member)}-stream`,
			batchSize: 100,
			provisionedPollers: null,
		},
	];
}

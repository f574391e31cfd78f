import type { AppRef } from '../function/function.ts';

export interface AppContext {
	/** The tag that groups functions where no tool's own tags do; `null` when none is chosen. */
	readonly appTagKey: string | null;
	/** The tag that names the stage of an app found so; `null` when there is none. */
	readonly appStageTagKey: string | null;
}

type Tags = Readonly<Record<string, string>>;

/**
 * The app that a function's tags say it belongs to, or `null`. A tool's own tags come first, then
 * the stack that CloudFormation wrote, then the chosen tag.
 */
export function recogniseApp(tags: Tags, context: AppContext): AppRef | null {
	return (
		amplifyApp(tags) ??
		sstApp(tags) ??
		serverlessApp(tags) ??
		stackApp(tags) ??
		chosenApp(tags, context)
	);
}

/** By the tags alone: they name the app's id and branch, and what a person calls it where given. */
function amplifyApp(tags: Tags): AppRef | null {
	const appId = tags['amplify:app-id'];
	if (appId === undefined || appId === '') return null;
	const stage = tags['amplify:branch-name'] ?? null;
	return {
		id: id('amplify', appId, stage),
		name: tags['amplify:friendly-name'] ?? appId,
		stage,
		kind: 'amplify',
		framework: null,
	};
}

function sstApp(tags: Tags): AppRef | null {
	const name = tags['sst:app'];
	if (name === undefined || name === '') return null;
	const stage = tags['sst:stage'] ?? null;
	return { id: id('sst', name, stage), name, stage, kind: 'sst', framework: null };
}

// Serverless Framework tags every function with STAGE and names its stack SERVICE-STAGE; its
// documentation, "Functions", read 2026-11.
function serverlessApp(tags: Tags): AppRef | null {
	const stage = tags['STAGE'];
	const stack = tags['aws:cloudformation:stack-name'];
	if (stage === undefined || stack === undefined || !stack.endsWith(`-${stage}`)) return null;
	const name = stack.slice(0, -stage.length - 1);
	if (name === '') return null;
	return { id: id('serverless', name, stage), name, stage, kind: 'serverless', framework: null };
}

function stackApp(tags: Tags): AppRef | null {
	const name = tags['aws:cloudformation:stack-name'];
	if (name === undefined || name === '') return null;
	const kind = stackKind(tags);
	return { id: id(kind, name, null), name, stage: null, kind, framework: null };
}

function stackKind(tags: Tags): 'sam' | 'cdk' | 'cloudformation' {
	// SAM tags each function it makes; SAM specification, AWS::Serverless::Function, read 2026-11.
	if (tags['lambda:createdBy'] === 'SAM') return 'sam';
	const isCdk = Object.keys(tags).some((key) => key.startsWith('aws-cdk:') || key === 'cdk:stack');
	return isCdk ? 'cdk' : 'cloudformation';
}

function chosenApp(tags: Tags, { appTagKey, appStageTagKey }: AppContext): AppRef | null {
	const name = valueOf(tags, appTagKey);
	if (name === null) return null;
	const stage = valueOf(tags, appStageTagKey);
	return { id: id('tag', name, stage), name, stage, kind: 'tag', framework: null };
}

/** A tag's value; `null` for a key that nobody chose, a tag that is missing and one without a value. */
function valueOf(tags: Tags, key: string | null): string | null {
	if (key === null || !Object.hasOwn(tags, key)) return null;
	return tags[key] === '' ? null : (tags[key] ?? null);
}

/** Safe in a URL: what is not a letter, digit, dot, dash or underscore becomes a dash. */
function id(kind: string, name: string, stage: string | null): string {
	const text = stage === null ? `${kind}.${name}` : `${kind}.${name}.${stage}`;
	return text.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 200);
}

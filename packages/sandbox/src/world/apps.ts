import { hashText } from './random.ts';
import type { AppMembership } from './functionConfiguration.ts';

/** An app of a toolkit that deploys through CloudFormation or SST. */
export function appOf(
	kind: Exclude<AppMembership['kind'], 'amplify'>,
	name: string,
	stage: string,
): AppMembership {
	return { kind, name, stage, amplifyAppId: null, framework: null };
}

/** An Amplify app on its main branch. Frameworks are named as Amplify names them. */
export function amplifyApp(name: string, framework: string): AppMembership {
	const id = `d${hashText(name, 11).toString(36)}${hashText(name, 12).toString(36)}`.slice(0, 14);
	return { kind: 'amplify', name, stage: 'main', amplifyAppId: id, framework };
}

interface TagFacts {
	readonly accountId: string;
	readonly region: string;
	readonly name: string;
	readonly app: AppMembership | null;
	readonly team: string | null;
	readonly costCenter: string | null;
}

/** The tags that the toolkit and the owners put on a function. */
export function tagsOf(facts: TagFacts): Record<string, string> {
	return { ...ownerTags(facts), ...(facts.app === null ? {} : appTags(facts, facts.app)) };
}

function ownerTags(facts: TagFacts): Record<string, string> {
	return {
		...(facts.team === null ? {} : { team: facts.team }),
		...(facts.costCenter === null ? {} : { 'cost-center': facts.costCenter }),
	};
}

function appTags(facts: TagFacts, app: AppMembership): Record<string, string> {
	const stage = app.stage ?? 'main';
	switch (app.kind) {
		case 'sst':
			return { 'sst:app': app.name, 'sst:stage': stage };
		case 'amplify':
			return {
				'amplify:app-id': app.amplifyAppId ?? '',
				'amplify:branch-name': stage,
				'amplify:deployment-type': 'branch',
				...stackTags(facts, `amplify-${app.amplifyAppId ?? ''}-${stage}-branch`),
			};
		case 'serverless':
			return { STAGE: stage, ...stackTags(facts, `${app.name}-${stage}`) };
		case 'sam':
			return { 'lambda:createdBy': 'SAM', ...stackTags(facts, `${app.name}-${stage}`) };
		case 'cdk':
			return { 'aws-cdk:stage': stage, ...stackTags(facts, `${pascal(app.name)}Stack-${stage}`) };
		case 'cloudformation':
			return stackTags(facts, `${app.name}-${stage}`);
	}
}

function stackTags(facts: TagFacts, stack: string): Record<string, string> {
	const id = [1, 2, 3].map((n) => hashText(stack, n).toString(16).padStart(8, '0')).join('');
	const uuid = `${id.slice(0, 8)}-${id.slice(8, 12)}-11f0-8${id.slice(13, 16)}-${id.slice(12, 24)}`;
	return {
		'aws:cloudformation:stack-name': stack,
		'aws:cloudformation:stack-id': `arn:aws:cloudformation:${facts.region}:${facts.accountId}:stack/${stack}/${uuid}`,
		'aws:cloudformation:logical-id': `${pascal(facts.name)}Function`,
	};
}

/** `order-create` as `OrderCreate`. */
export function pascal(name: string): string {
	return name.replace(/(^|[-_.])([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
}

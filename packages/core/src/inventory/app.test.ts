import { describe, expect, it } from 'vitest';

import { recogniseApp } from './app.ts';

const none = { appTagKey: null, amplifyApps: [] };
const stack = { 'aws:cloudformation:stack-name': 'orders-prod' };

describe('recognising an app', () => {
	it.each([
		['sst', { 'sst:app': 'shop', 'sst:stage': 'prod', ...stack }, 'shop', 'prod'],
		['serverless', { STAGE: 'prod', ...stack }, 'orders', 'prod'],
		['sam', { 'lambda:createdBy': 'SAM', ...stack }, 'orders-prod', null],
		['cdk', { 'aws-cdk:stage': 'prod', ...stack }, 'orders-prod', null],
		['cloudformation', stack, 'orders-prod', null],
	] as const)('finds %s by its own tags', (kind, tags, name, stage) => {
		expect(recogniseApp(tags, none)).toMatchObject({ kind, name, stage });
	});

	it('finds Amplify with its framework, where the account says it', () => {
		const tags = { 'amplify:app-id': 'd1', 'amplify:branch-name': 'main', ...stack };
		const amplifyApps = [{ appId: 'd1', name: 'site', framework: 'Next.js - SSR' }];
		expect(recogniseApp(tags, { ...none, amplifyApps })).toMatchObject({
			kind: 'amplify',
			name: 'site',
			stage: 'main',
			framework: 'Next.js - SSR',
		});
		expect(recogniseApp(tags, none)).toMatchObject({ kind: 'amplify', name: 'd1' });
	});

	it('takes the chosen tag last, and nothing from nothing', () => {
		const tags = { team: 'billing team' };
		expect(recogniseApp(tags, { ...none, appTagKey: 'team' })).toMatchObject({
			kind: 'tag',
			id: 'tag.billing-team',
		});
		expect(recogniseApp(tags, none)).toBeNull();
	});
});

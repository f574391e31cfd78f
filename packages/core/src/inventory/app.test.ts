import { describe, expect, it } from 'vitest';

import { recogniseApp } from './app.ts';

const none = { appTagKey: null, appStageTagKey: null };
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

	it('finds Amplify by the id of its app and its branch', () => {
		const tags = { 'amplify:app-id': 'd1', 'amplify:branch-name': 'main', ...stack };
		expect(recogniseApp(tags, none)).toMatchObject({ kind: 'amplify', name: 'd1', stage: 'main' });
		const named = { ...tags, 'amplify:friendly-name': 'site' };
		expect(recogniseApp(named, none)).toMatchObject({ kind: 'amplify', name: 'site' });
	});

	it('takes the chosen tag last, and nothing from nothing', () => {
		const tags = { team: 'billing team' };
		expect(recogniseApp(tags, { ...none, appTagKey: 'team' })).toMatchObject({
			kind: 'tag',
			id: 'tag.billing-team',
		});
		expect(recogniseApp(tags, none)).toBeNull();
		expect(recogniseApp(stack, { ...none, appTagKey: 'team' })?.kind).toBe('cloudformation');
		for (const appTagKey of ['Team', 'toString', 'empty']) {
			expect(recogniseApp({ ...tags, empty: '' }, { ...none, appTagKey })).toBeNull();
		}
	});

	it('tells stages of a chosen app apart, where a tag names them', () => {
		const chosen = { appTagKey: 'team', appStageTagKey: 'env' };
		expect(recogniseApp({ team: 'billing', env: 'prod' }, chosen)).toEqual({
			id: 'tag.billing.prod',
			name: 'billing',
			stage: 'prod',
			kind: 'tag',
			framework: null,
		});
		expect(recogniseApp({ team: 'billing' }, chosen)).toMatchObject({
			id: 'tag.billing',
			stage: null,
		});
	});
});

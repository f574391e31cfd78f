import { defineConfig } from 'vitest/config';

import { excusedTests } from './test/support/needs.ts';

const reporters = ['default', './test/gates/countReporter.ts'];

/**
 * Whole parts meet real processes, a browser and a machine's load: what fails is tried once more, and what
 * then passes is named at the end of the gates. Units have no second try.
 */
const wholeParts = { retry: 1 };

export default defineConfig({
	test: {
		reporters,
		// They end a hang; a busy machine is not to fail what is right.
		testTimeout: 90_000,
		hookTimeout: 180_000,
		// The default leaves a core free, which of two is one half: whole parts wait more than they reckon.
		maxWorkers: '100%',
		expect: { requireAssertions: true },
		// What failed is told whole: a sentence that is cut hides what it should have held.
		chaiConfig: { truncateThreshold: 0 },
		projects: [
			{
				extends: true,
				test: {
					name: 'unit',
					environment: 'node',
					include: ['packages/*/src/**/*.test.ts', 'apps/{api,jobs,cli}/src/**/*.test.ts'],
				},
			},
			{
				extends: true,
				test: {
					name: 'whole',
					environment: 'node',
					include: ['test/{architecture,contract,infra}/**/*.test.ts'],
					exclude: excusedTests(),
					...wholeParts,
				},
			},
			{
				extends: true,
				test: {
					name: 'e2e',
					environment: 'node',
					include: ['test/e2e/**/*.test.ts'],
					globalSetup: ['test/support/sharedProduct.ts'],
					fileParallelism: false,
					...wholeParts,
					testTimeout: 120_000,
					hookTimeout: 180_000,
				},
			},
		],
	},
});

import { defineConfig } from 'vitest/config';

const reporters = ['default', './test/gates/countReporter.ts'];

/** Where nothing of others that speaks AWS's protocols can be had; said by who starts the tests. */
const withoutPeers = process.env['LAMPLIGHT_WITHOUT_PEERS'] === '1';

export default defineConfig({
	test: {
		reporters,
		testTimeout: 20_000,
		hookTimeout: 60_000,
		expect: { requireAssertions: true },
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
					exclude: withoutPeers ? ['test/contract/independent*.test.ts'] : [],
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
					testTimeout: 120_000,
					hookTimeout: 180_000,
				},
			},
		],
	},
});

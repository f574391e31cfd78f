import { existsSync } from 'node:fs';

import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { svelteTesting } from '@testing-library/svelte/vite';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

import { chromiumFlags, chromiumPath } from './test/chromium.ts';

/** The API that `npm run dev` and `npm run preview` talk to: the one `npm start` runs. */
const apiOrigin = process.env['LAMPLIGHT_API_ORIGIN'] ?? 'http://127.0.0.1:8787';
const proxy = { '/v1': apiOrigin, '/auth': apiOrigin, '/healthz': apiOrigin };

/** Tests of pages build into a folder of their own, beside a build that may be in use. */
const buildFolder = process.env['LAMPLIGHT_BUILD_FOLDER'];

const pagesProject = {
	extends: true,
	test: {
		name: 'pages',
		environment: 'node',
		include: ['test/pages/**/*.test.ts'],
		globalSetup: ['test/pages/built.ts'],
		testTimeout: 60_000,
		hookTimeout: 120_000,
		// As for the tests of the whole product: what then passes is named at the end of the gates.
		retry: 1,
	},
};

const browserProject = {
	extends: true,
	optimizeDeps: { include: ['chart.js', 'bits-ui', 'virtua/svelte', '@tanstack/svelte-query'] },
	test: {
		name: 'browser',
		include: ['src/**/*.browser.test.ts'],
		browser: {
			enabled: true,
			headless: true,
			screenshotFailures: false,
			provider: playwright({
				launchOptions: { executablePath: chromiumPath(), args: [...chromiumFlags] },
			}),
			instances: [{ browser: 'chromium' as const }],
		},
	},
};

/** Tests in a real browser need one; without it they are left out, and that is reported. */
function browserProjects(): (typeof browserProject | typeof pagesProject)[] {
	if (existsSync(chromiumPath())) return [browserProject, pagesProject];
	const reason = `no Chromium at ${chromiumPath()} (set CHROMIUM_PATH)`;
	if (process.env['REQUIRE_ALL'] === '1') throw new Error(`REQUIRE_ALL=1, but ${reason}`);
	console.warn(`skipped: dashboard tests in a browser: ${reason}`);
	return [];
}

export default defineConfig({
	plugins: [
		tailwindcss(),
		sveltekit({
			compilerOptions: {
				runes: ({ filename }: { filename: string }) =>
					filename.split(/[/\\]/).includes('node_modules') ? undefined : true,
			},
			adapter: adapter({
				fallback: '200.html',
				precompress: true,
				...(buildFolder === undefined ? {} : { pages: buildFolder, assets: buildFolder }),
			}),
			csp: {
				mode: 'hash',
				directives: {
					'default-src': ['self'],
					'script-src': ['self'],
					// Chart and table geometry is set through style attributes.
					'style-src': ['self', 'unsafe-inline'],
					'img-src': ['self', 'data:'],
					'font-src': ['self'],
					'connect-src': ['self'],
					'object-src': ['none'],
					'base-uri': ['self'],
					'form-action': ['self'],
				},
			},
			version: { pollInterval: 5 * 60_000 },
		}),
	],
	server: { proxy },
	preview: { proxy },
	test: {
		reporters: ['default', '../../test/gates/countReporter.ts'],
		expect: { requireAssertions: true },
		testTimeout: 90_000,
		maxWorkers: '100%',
		projects: [
			{
				extends: true,
				test: {
					name: 'unit',
					environment: 'node',
					include: ['src/**/*.test.ts'],
					exclude: ['src/**/*.{dom,browser}.test.ts'],
				},
			},
			{
				extends: true,
				plugins: [svelteTesting()],
				test: { name: 'dom', environment: 'happy-dom', include: ['src/**/*.dom.test.ts'] },
			},
			...browserProjects(),
		],
	},
});

/** Imports point inwards; see ARCHITECTURE.md, "Folders". */
const adapters = ['aws', 'store', 'pricing'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		{
			name: 'no-circular',
			severity: 'error',
			comment: 'Two modules that need each other are one module, or a third is missing.',
			from: {},
			to: { circular: true },
		},
		{
			name: 'core-imports-itself-and-zod',
			severity: 'error',
			comment: 'The domain is pure: no I/O, no clock, no environment, no adapter.',
			from: { path: '^packages/core/src', pathNot: '\\.test\\.ts$' },
			to: { pathNot: ['^packages/core/src', '^node_modules/zod/'] },
		},
		{
			name: 'core-tests-stay-in-core',
			severity: 'error',
			from: { path: '^packages/core/src' },
			to: { path: '^(apps|packages/(?!core/))' },
		},
		...adapters.map((name) => ({
			name: `${name}-imports-no-other-adapter`,
			severity: 'error',
			comment: 'Adapters meet only in the apps that compose them.',
			from: { path: `^packages/${name}/src`, pathNot: '\\.test\\.ts$' },
			to: { path: `^(apps|stacks|packages/(?!(${name}|core)/))` },
		})),
		{
			name: 'pricing-is-pure',
			severity: 'error',
			from: {
				path: '^packages/pricing/src',
				pathNot: ['\\.test\\.ts$', '^packages/pricing/src/refresh/'],
			},
			to: { dependencyTypes: ['core'] },
		},
		{
			name: 'sandbox-stands-alone',
			severity: 'error',
			comment:
				'The simulated world must not share code with what it checks, above all not the arithmetic of money.',
			from: { path: '^packages/sandbox/src', pathNot: '\\.test\\.ts$' },
			to: { path: '^(apps|stacks|packages/(?!(sandbox)/))' },
		},
		{
			name: 'sandbox-only-where-composed',
			severity: 'error',
			from: {
				path: '^(apps|packages)/',
				pathNot: ['^packages/sandbox/', '^apps/cli/src/start/', '\\.test\\.ts$', '/testing/'],
			},
			to: { path: '^packages/sandbox/' },
		},
		{
			name: 'dashboard-talks-to-the-api-only',
			severity: 'error',
			from: { path: '^apps/dashboard/' },
			to: { path: '^(packages/(?!core/)|apps/(?!dashboard/))', dependencyTypesNot: ['type-only'] },
		},
		{
			name: 'apps-do-not-import-apps',
			severity: 'error',
			comment:
				'Except the command line, whose start composes them, and the job of exports, which makes at length what the API answers at once.',
			from: {
				path: '^apps/(api|jobs)/',
				pathNot: ['\\.test\\.ts$', '^apps/jobs/src/export/run\\.ts$'],
			},
			to: { path: '^apps/(?!$1/)' },
		},
		{
			name: 'the-job-of-exports-takes-one-file-of-the-api',
			severity: 'error',
			from: { path: '^apps/jobs/src/export/run\\.ts$' },
			to: { path: '^apps/(?!jobs/)', pathNot: '^apps/api/src/exports/make\\.ts$' },
		},
		{
			name: 'not-to-unresolvable',
			severity: 'error',
			from: { pathNot: '^apps/dashboard/' },
			to: { couldNotResolve: true, pathNot: '^#' },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		exclude: { path: ['\\.svelte-kit', '/build/', '/dist/', '^\\.sst'] },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['import', 'node', 'default', 'types', 'svelte'],
			extensions: ['.ts', '.js', '.mjs', '.json'],
		},
	},
};

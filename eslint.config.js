import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** Time comes from a clock in deps; only composition roots, tests and gates read the real one. */
const noAmbientTime = [
	'error',
	{
		selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
		message: 'Take the time from a Clock in deps.',
	},
	{
		selector: "NewExpression[callee.name='Date'][arguments.length=0]",
		message: 'Take the time from a Clock in deps.',
	},
];

export default ts.config(
	{
		ignores: [
			'**/build/',
			'**/dist/',
			'**/.svelte-kit/',
			'**/node_modules/',
			'.lamplight/',
			'.sst/',
			'**/sst-env.d.ts',
			'coverage/',
		],
	},
	js.configs.recommended,
	...ts.configs.recommendedTypeChecked,
	...svelte.configs.recommended,
	{
		languageOptions: {
			globals: { ...globals.node },
			parserOptions: {
				projectService: { allowDefaultProject: ['*.js', '*.cjs', '.dependency-cruiser.cjs'] },
				tsconfigRootDir: import.meta.dirname,
				extraFileExtensions: ['.svelte'],
			},
		},
		rules: {
			'no-undef': 'off',
			'no-console': 'off',
			eqeqeq: ['error', 'always'],
			'no-restricted-syntax': noAmbientTime,
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/switch-exhaustiveness-check': [
				'error',
				{ considerDefaultExhaustiveForUnions: true },
			],
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
			],
			'@typescript-eslint/restrict-template-expressions': [
				'error',
				{ allowNumber: true, allowBoolean: true },
			],
			'@typescript-eslint/require-await': 'off',
			// What we build are closures, which know no `this`; their methods are passed on by name.
			'@typescript-eslint/unbound-method': 'off',
			'svelte/no-navigation-without-resolve': 'off',
			'max-lines': ['error', { max: 400 }],
			'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
			'max-params': ['error', { max: 4 }],
		},
	},
	{
		files: ['apps/dashboard/**'],
		languageOptions: { globals: { ...globals.browser } },
		rules: { 'no-restricted-syntax': 'off' },
	},
	{
		files: [
			'**/*.test.ts',
			'test/**',
			'**/testing/**',
			'apps/cli/src/start/**',
			'**/local.ts',
			'**/lambda.ts',
			'**/server.ts',
			'**/handler.ts',
			'packages/sandbox/src/**/main.ts',
		],
		rules: { 'no-restricted-syntax': 'off' },
	},
	{
		files: ['**/*.test.ts', 'test/**', '**/test/**', '**/testing/**'],
		rules: { 'max-lines-per-function': 'off', 'max-params': 'off' },
	},
	{
		files: ['packages/{core,pricing,sandbox}/src/**/*.ts'],
		ignores: ['**/*.test.ts'],
		rules: { 'max-lines': ['error', { max: 300 }] },
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser } },
	},
	{
		// The linter cannot infer what a snippet's parameters are and calls them any; svelte-check can.
		files: ['**/*.svelte'],
		rules: {
			'@typescript-eslint/no-unsafe-argument': 'off',
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-call': 'off',
			'@typescript-eslint/no-unsafe-member-access': 'off',
			'@typescript-eslint/no-unsafe-return': 'off',
		},
	},
	{
		files: ['stacks/**', 'sst.config.ts', '**/*.{js,cjs,mjs}'],
		...ts.configs.disableTypeChecked,
	},
	{
		// SST's own form: its globals come by this one reference.
		files: ['sst.config.ts'],
		rules: { '@typescript-eslint/triple-slash-reference': 'off' },
	},
);

/**
 * Runs the real sst.config.ts and stacks under Pulumi's mocks, without AWS and without the Pulumi
 * engine, and writes what they registered as JSON: `node synth.mjs --stage NAME --out FILE`.
 *
 * It does what SST's own command does before it hands over to Pulumi: bundles the program with the
 * platform's globals in front of each file, answers the platform's calls for builds and bootstrap,
 * and runs it. What only AWS itself checks (names, policies, limits) stays unproved.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { startBuildServer } from './buildServer.mjs';
import { mockCall, mockOutputs } from './mocks.mjs';

const root = join(import.meta.dirname, '..', '..', '..');
const platform = join(root, '.sst', 'platform');
const { values } = parseArgs({ options: { stage: { type: 'string' }, out: { type: 'string' } } });
const { stage, out } = values;
if (stage === undefined || out === undefined) {
	console.error('synth: expected --stage NAME --out FILE');
	process.exit(2);
}

const platformRequire = createRequire(join(platform, 'package.json'));
const pulumi = platformRequire('@pulumi/pulumi');
const esbuild = platformRequire('esbuild');

/** The imports that SST puts in front of every file of ours: the providers and its components. */
function globalImports() {
	const lock = JSON.parse(readFileSync(join(root, '.sst', 'provider-lock.json'), 'utf8'));
	const providers = lock.map((entry) => `import * as ${entry.alias} from "${entry.package}";`);
	return [...providers, `import * as sst from "${platform}/src/components";`].join('\n');
}

async function bundleProgram(outfile) {
	const globals = globalImports();
	await esbuild.build({
		stdin: {
			contents: [
				`import { run } from "${platform}/src/auto/run.ts";`,
				`import mod from "${root}/sst.config.ts";`,
				'export const config = mod;',
				'export const program = () => run(mod.run);',
			].join('\n'),
			resolveDir: root,
			loader: 'ts',
		},
		bundle: true,
		format: 'esm',
		platform: 'node',
		mainFields: ['module', 'main'],
		outfile,
		banner: {
			js: [
				'import { createRequire as synthCreateRequire } from "node:module";',
				'const require = synthCreateRequire(import.meta.url);',
				`const __filename = ${JSON.stringify(outfile)};`,
				`const __dirname = ${JSON.stringify(platform)};`,
			].join('\n'),
		},
		nodePaths: [join(platform, 'node_modules')],
		external: [
			'@pulumi/*',
			'undici',
			'@pulumiverse/*',
			'@sst-provider/*',
			'@aws-sdk/*',
			'esbuild',
			'archiver',
			'glob',
			'vite',
		],
		inject: [join(platform, 'src/shim/run.js')],
		define: {
			$app: 'globalThis.__sst.app',
			$cli: 'globalThis.__sst.cli',
			$dev: 'globalThis.__sst.dev',
		},
		plugins: [
			{
				name: 'globals-in-front',
				setup(build) {
					build.onLoad({ filter: /\.ts$/ }, ({ path }) =>
						path.includes('/.sst/') || path.includes('/node_modules/')
							? undefined
							: { contents: `${globals}\n${readFileSync(path, 'utf8')}`, loader: 'ts' },
					);
				},
			},
		],
		logLevel: 'error',
	});
}

const scratch = mkdtempSync(join(tmpdir(), 'lamplight-synth-'));
const work = join(scratch, 'work');
mkdirSync(join(work, 'artifacts'), { recursive: true });
const program = join(platform, `synth-${process.pid}.mjs`);
process.once('exit', () => {
	rmSync(scratch, { recursive: true, force: true });
	rmSync(program, { force: true });
});

const resources = [];
const builds = [];
let failure = null;

const server = await startBuildServer({ root, work, builds });
process.env.SST_SERVER = server.url;

pulumi.runtime.setMocks(
	{
		newResource(args) {
			resources.push({ type: args.type, name: args.name, inputs: args.inputs });
			// SST looks at the form of a role's name, where one function is given another's.
			const arn =
				args.type === 'aws:iam/role:Role'
					? `arn:aws:iam::123456789012:role/${args.name}`
					: `arn:aws:mock:eu-west-1:123456789012:${args.name}`;
			const state = { arn, ...args.inputs };
			return { id: `${args.name}-id`, state: { ...state, ...mockOutputs(args) } };
		},
		call: mockCall,
	},
	'lamplight',
	stage,
	false,
);

globalThis.__sst = {
	app: {},
	dev: false,
	cli: {
		command: 'deploy',
		rpc: server.url,
		paths: { home: homedir(), root, work, platform },
		env: {},
		state: { version: {} },
	},
};

function finish(outputs) {
	server.close();
	writeFileSync(out, JSON.stringify({ resources, outputs, builds, error: failure }));
	process.exitCode = failure === null ? 0 : 1;
	if (failure !== null) console.error(failure);
}

function fail(error) {
	failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
}
process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);

await bundleProgram(program);
const loaded = await import(program);
globalThis.__sst.app = {
	removal: 'retain',
	...(await loaded.config.app({ stage })),
	stage,
};
try {
	await pulumi.runtime.runInPulumiStack(() => loaded.program());
} catch (error) {
	fail(error);
}
// The program's resources register on promises of their own: the end is when nothing is left to do.
server.unref();
process.once('beforeExit', () => finish(null));

/**
 * `npm run sst:install`: unpacks SST's component platform into .sst/ from the installed npm package,
 * so that the stacks can be type-checked and synthesised without an AWS account.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const wanted = JSON.parse(
	readFileSync(join(root, 'node_modules/sst/package.json'), 'utf8'),
).version;
const marker = join(root, '.sst/platform/version');
const installed = join(root, '.sst/platform/node_modules/@pulumi/pulumi/package.json');

if (existsSync(marker) && existsSync(installed) && readFileSync(marker, 'utf8').trim() === wanted) {
	console.log(`sst: platform ${wanted} is already here`);
	process.exit(0);
}

// The CLI would otherwise download Pulumi and Bun before any command; neither is needed to unpack.
const env = {
	...process.env,
	SST_SKIP_DEPENDENCY_CHECK: '1',
	SST_NO_BUN: '1',
	DO_NOT_TRACK: '1',
	AWS_EC2_METADATA_DISABLED: 'true',
};
const { status } = spawnSync('npx', ['sst', 'install', '--stage', 'ci'], {
	cwd: root,
	env,
	stdio: 'inherit',
});
process.exit(status ?? 1);

/** Type-checks the stacks against SST's own components; without them, says so (an error under REQUIRE_ALL). */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

if (!existsSync(join(root, '.sst/platform/config.d.ts'))) {
	console.log('types: the stacks were not checked: no .sst/platform (run `npm run sst:install`)');
	process.exit(process.env.REQUIRE_ALL === '1' ? 1 : 0);
}
const { status } = spawnSync('npx', ['tsc', '-p', 'stacks/tsconfig.json'], {
	cwd: root,
	stdio: 'inherit',
});
process.exit(status ?? 1);

/**
 * Process entry: options as JSON in the first argument (see `SandboxOptions`; those that are functions
 * cannot be passed), one JSON line `{"ready": true, "endpoint": …, "hubAccountId": …}` once it
 * listens; ends on SIGTERM or SIGINT.
 */
import type { SandboxOptions } from './sandbox.ts';
import { startSandbox } from './start.ts';

try {
	const running = await startSandbox(JSON.parse(process.argv[2] ?? '{}') as SandboxOptions);
	const stop = () => void running.close().then(() => process.exit(0));
	process.once('SIGTERM', stop);
	process.once('SIGINT', stop);
	const { endpoint, hubAccountId } = running;
	console.log(JSON.stringify({ ready: true, endpoint, hubAccountId }));
} catch (error) {
	// An option that says what is wrong with it needs no stack.
	console.error(error instanceof RangeError ? error.message : error);
	process.exitCode = 1;
}

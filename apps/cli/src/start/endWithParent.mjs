// Loaded into every part before its own module: a part whose parent is gone, however it went,
// ends as if it had been asked to. Standard input is a pipe that the parent alone holds.
import { isMainThread } from 'node:worker_threads';

// A worker thread of a part loads this too; its own standard input ends at once and means nothing.
if (isMainThread) {
	process.stdin.resume();
	process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM'));
	process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
}

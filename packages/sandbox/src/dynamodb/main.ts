/**
 * Process entry: options as JSON in the first argument (`{"path": ..., "port": ..., "keepExpired":
 * ...}`; with `keepExpired` nothing is swept), one JSON
 * line `{"ready": true, "endpoint": ...}` once it listens; ends on SIGTERM or SIGINT.
 */
import { DataFolderError } from './folder.ts';
import { startDynamoDb, type DynamoDbOptions } from './start.ts';

const { path, port, keepExpired } = JSON.parse(process.argv[2] ?? '{}') as DynamoDbOptions & {
	readonly keepExpired?: boolean;
};
try {
	const running = await startDynamoDb({
		...(path === undefined ? {} : { path }),
		...(port === undefined ? {} : { port }),
		// A composition root: here, and only here, the real clock comes in.
		...(keepExpired === true ? {} : { clock: () => Date.now() }),
	});
	const stop = () => void running.close().then(() => process.exit(0));
	process.once('SIGTERM', stop);
	process.once('SIGINT', stop);
	console.log(JSON.stringify({ ready: true, endpoint: running.endpoint }));
} catch (error) {
	console.error(error instanceof DataFolderError ? error.message : error);
	process.exitCode = 1;
}

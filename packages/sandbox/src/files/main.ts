/**
 * Process entry: options as JSON in the first argument (see `FilesOptions`), one JSON line
 * `{"ready": true, "endpoint", "bucket", "accessKeyId", "secretAccessKey"}` once it listens; ends on
 * SIGTERM or SIGINT.
 */
import { startFiles, type FilesOptions } from './start.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as Omit<FilesOptions, 'clock'>;
// A composition root: here, and only here, the real clock comes in.
const { close, ...running } = await startFiles({ ...options, clock: () => Date.now() });
const stop = () => void close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
console.log(JSON.stringify({ ready: true, ...running }));

/**
 * Process entry: options as JSON in the first argument (see `QueueOptions`), one JSON line
 * `{"ready": true, "endpoint": ..., "urls": {...}}` once it listens; ends on SIGTERM or SIGINT.
 */
import { startQueue, type QueueOptions } from './start.ts';

const running = await startQueue(JSON.parse(process.argv[2] ?? '{"queues":[]}') as QueueOptions);
const stop = () => void running.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
console.log(JSON.stringify({ ready: true, endpoint: running.endpoint, urls: running.urls }));

/** `node test/fakeApi/main.ts [port]`: the fake API with the built dashboard, for looking at pages. */
import { join } from 'node:path';

import { startFakeApi } from './server.ts';

const fake = await startFakeApi(
	join(import.meta.dirname, '..', '..', 'build'),
	Number(process.argv[2] ?? 0),
);
console.log(fake.origin);

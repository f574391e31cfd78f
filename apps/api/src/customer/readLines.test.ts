import { expect, it } from 'vitest';

import { failureError } from './readLines.ts';

it('says when to ask again: as the rate’s limit knows it, in ten seconds where nobody does, never where it was refused', () => {
	const reason = 'AWS asks us to wait; try again in a moment.';
	const wait = (retryAfterSeconds?: number) =>
		failureError({
			...{ code: 'aws_throttled', reason },
			...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
		}).retryAfterSeconds;
	expect([wait(17), wait()]).toEqual([17, 10]);
	const refused = failureError({ code: 'aws_refused', reason, retryAfterSeconds: 17 });
	expect(refused).toMatchObject({ code: 'aws_refused', message: reason, retryAfterSeconds: null });
});

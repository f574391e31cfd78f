import type { BodyOf, Call, ResponseOf } from '@lamplight/api/contract/client';

import { ApiProblem } from './problem.ts';

export type LongFileAsked = BodyOf<'POST /v1/w/{ws}/exports'>;
type Made = ResponseOf<'GET /v1/w/{ws}/exports/{exportId}'>;

export interface LongFileDeps {
	readonly call: Call;
	readonly wait: (ms: number) => Promise<void>;
	/** Told how much of the file is made, 0 to 1. */
	readonly onShare: (share: number) => void;
}

/** From one look at the job to the next. */
const lookEveryMs = 1_500;
/** A job that is given up by the server has failed long before. */
const mostLooks = 1_200;

/** True for a direct answer that did not come because it would be too long, or take too long. */
export function isTooLong({ code, status }: ApiProblem): boolean {
	return code === 'too_large' || status === 502 || status === 504;
}

/** Has a file made by a job and waits for it. Returns its link; throws the problem that the job met. */
export async function makeLongFile(
	{ call, wait, onShare }: LongFileDeps,
	ws: string,
	body: LongFileAsked,
): Promise<{ readonly url: string; readonly made: Made }> {
	let made: Made = await call('POST /v1/w/{ws}/exports', { params: { ws }, body });
	const { id: exportId } = made;
	for (let look = 0; look < mostLooks; look += 1) {
		if (made.state === 'failed') {
			const { code, message } = made.problem ?? { code: 'unavailable', message: 'It failed.' };
			throw new ApiProblem(200, { code, detail: message });
		}
		if (made.link !== null) return { url: made.link.url, made };
		onShare(made.share);
		await wait(lookEveryMs);
		made = await call('GET /v1/w/{ws}/exports/{exportId}', { params: { ws, exportId } });
	}
	throw new ApiProblem(504, { detail: 'The file takes too long. Ask for a shorter range.' });
}

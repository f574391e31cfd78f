import { PassThrough, pipeline, Readable } from 'node:stream';
import type {
	DeserializeHandler,
	DeserializeMiddleware,
	FinalizeRequestMiddleware,
	HandlerExecutionContext,
	InitializeMiddleware,
	Pluggable,
} from '@smithy/types';

import { isExpired, isThrottle, isUnsent, translateError } from '../errors.ts';
import type { RateLimits } from '../limits/rateLimits.ts';
import type { EndedCall, Meter } from '../meter/meter.ts';
import { billedUnits } from '../meter/units.ts';

export interface CallObserver {
	/** IAM's prefix of the service: `cloudwatch`, `logs`, `tag`. */
	readonly iamPrefix: string;
	readonly accountId: string;
	readonly region: string;
	readonly limits: RateLimits;
	readonly meter: Meter;
	/** Gets new keys after AWS said that the session expired. */
	readonly renew: () => Promise<void>;
}

const inputKey = 'lamplightInput';
const bytesKey = 'lamplightBytes';

interface Bytes {
	request: number;
	response: number;
}

/** IAM names that differ from the operation's. */
const actionNames: Readonly<Record<string, string>> = {
	's3:ListObjectsV2': 's3:ListBucket',
	's3:HeadBucket': 's3:ListBucket',
	's3:HeadObject': 's3:GetObject',
};

/**
 * Puts every attempt of every call through the rate limits and into the meter, and turns failures
 * into errors of our own. An expired session is renewed once and the call repeated.
 */
export function observeCalls(observer: CallObserver): Pluggable<object, object> {
	return {
		applyToStack(stack) {
			stack.add(translate(observer), {
				step: 'initialize',
				// Outside of the client's own, which follow redirects by AWS's words.
				priority: 'high',
				name: 'lamplightTranslate',
			});
			stack.addRelativeTo(attempt(observer), {
				relation: 'after',
				toMiddleware: 'retryMiddleware',
				name: 'lamplightAttempt',
			});
			stack.add(countBytes, {
				step: 'deserialize',
				priority: 'low',
				name: 'lamplightBytes',
			});
		},
	};
}

function actionOf(observer: CallObserver, context: HandlerExecutionContext): string {
	const operation = (context.commandName ?? 'Unknown').replace(/Command$/, '');
	const action = `${observer.iamPrefix}:${operation}`;
	return actionNames[action] ?? action;
}

function translate(observer: CallObserver): InitializeMiddleware<object, object> {
	return (next, context) => async (args) => {
		context[inputKey] = args.input;
		const call = { action: actionOf(observer, context), region: observer.region };
		try {
			return await next(args);
		} catch (error) {
			if (!isExpired(error)) throw translateError(error, call);
		}
		try {
			await observer.renew();
			return await next(args);
		} catch (error) {
			throw translateError(error, call);
		}
	};
}

function attempt(observer: CallObserver): FinalizeRequestMiddleware<object, object> {
	const { accountId, region, limits, meter } = observer;
	return (next, context) => async (args) => {
		const action = actionOf(observer, context);
		const call = { accountId, region, action };
		await limits.take(call);
		const units = billedUnits(action, context[inputKey]);
		const ended = await meter.begin({ region, action, units });
		const bytes: Bytes = { request: 0, response: 0 };
		context[bytesKey] = bytes;
		const end = (outcome: EndedCall['outcome']) =>
			ended({ outcome, requestBytes: bytes.request, responseBytes: bytes.response });
		try {
			const result = await next(args);
			end('ok');
			return result;
		} catch (error) {
			const slow = isThrottle(error);
			if (slow) limits.throttled(call);
			if (isUnsent(error)) end('unsent');
			else end(slow ? 'throttled' : 'failed');
			throw error;
		}
	};
}

/** Counts what goes over the wire: bodies only, as AWS's own headers are the same for everybody. */
const countBytes: DeserializeMiddleware<object, object> =
	(next: DeserializeHandler<object, object>, context) => async (args) => {
		const bytes = context[bytesKey] as Bytes | undefined;
		const result = await next(args);
		if (bytes === undefined) return result;
		bytes.request += byteLength((args.request as { body?: unknown }).body);
		const response = result.response as {
			headers?: Record<string, string>;
			body?: unknown;
		};
		const declared = Number(response.headers?.['content-length']);
		if (Number.isFinite(declared)) bytes.response += declared;
		else if (response.body instanceof Readable) response.body = counted(response.body, bytes);
		return result;
	};

function counted(body: Readable, bytes: Bytes): Readable {
	const counter = new PassThrough();
	counter.on('data', (chunk: Uint8Array) => {
		bytes.response += chunk.length;
	});
	// Paused again: listening for data starts the flow, and the reader must not miss the beginning.
	counter.pause();
	pipeline(body, counter, () => undefined);
	return counter;
}

function byteLength(body: unknown): number {
	if (typeof body === 'string') return Buffer.byteLength(body);
	return body instanceof Uint8Array ? body.byteLength : 0;
}

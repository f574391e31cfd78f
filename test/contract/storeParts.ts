import type { Ctx } from '@lamplight/core/ctx';
import {
	billingSourceIdSchema,
	deployIdSchema,
	enrolmentIdSchema,
	issueIdSchema,
} from '@lamplight/core/ids';
import { hourMs } from '@lamplight/core/time';
import type { Store } from '@lamplight/store/store';

import { id, named, newConnectionId, startMs } from './storeHarness.ts';

export const connectionId = newConnectionId();
export const one = named('tenant');
export const range = { fromMs: startMs, toMs: startMs + hourMs };
export const hash = 'ab'.repeat(32);
export const ids = {
	view: id('view'),
	enrolment: enrolmentIdSchema.parse(id('enr')),
	billing: billingSourceIdSchema.parse(id('bil')),
	deploy: deployIdSchema.parse(id('dep')),
	issue: issueIdSchema.parse(id('iss')),
	user: id('usr'),
	token: id('tok'),
	invitation: id('inv'),
};

/** How something gets into a part of the store, and every way to see it. */
export interface Part {
	readonly write: (store: Store, ctx: Ctx) => Promise<unknown>;
	readonly reads: readonly ((store: Store, ctx: Ctx) => Promise<unknown>)[];
}

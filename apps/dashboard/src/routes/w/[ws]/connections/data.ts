import type { BodyOf, QueryOf, ResponseOf } from '@lamplight/api/contract/client';

import { keepPreviousData } from '@tanstack/svelte-query';

import { call, liveIntervalMs } from '#lib/api/client.ts';

type Ask = { signal: AbortSignal };

export type ConnectionsAnswer = ResponseOf<'GET /v1/w/{ws}/connections'>;
export type ConnectionChange = BodyOf<'PATCH /v1/w/{ws}/connections/{connectionId}'>;
type EstimateRequest = QueryOf<'GET /v1/w/{ws}/enrolments/estimate'>;
export type NewBillingSource = BodyOf<'POST /v1/w/{ws}/billing-sources'>;

const connection = (ws: string, id: string) => ({ ws, connectionId: id });
const enrolment = (ws: string, id: string) => ({ ws, enrolmentId: id });

export const connectionsQuery = (ws: string) => ({
	queryKey: ['connections', ws],
	queryFn: ({ signal }: Ask) => call('GET /v1/w/{ws}/connections', { params: { ws } }, { signal }),
	refetchInterval: liveIntervalMs / 2,
});

/** One connection: the permission doctor, residuals, watch cost by call. */
export const connectionQuery = (ws: string, id: string) => ({
	queryKey: ['connection', ws, id],
	queryFn: ({ signal }: Ask) =>
		call('GET /v1/w/{ws}/connections/{connectionId}', { params: connection(ws, id) }, { signal }),
	refetchInterval: liveIntervalMs,
});

export const checkConnection = (ws: string, id: string) =>
	call('POST /v1/w/{ws}/connections/{connectionId}/check', { params: connection(ws, id) });

export const changeConnection = (ws: string, id: string, body: ConnectionChange) =>
	call('PATCH /v1/w/{ws}/connections/{connectionId}', { params: connection(ws, id), body });

export const removeConnection = (ws: string, id: string) =>
	call('DELETE /v1/w/{ws}/connections/{connectionId}', { params: connection(ws, id) });

/** What watching so many functions would cost a month with what is ticked, before any call is made. */
export const estimateQuery = (ws: string, { functions, regions, features }: EstimateRequest) => ({
	queryKey: ['estimate', ws, functions, regions, features],
	queryFn: ({ signal }: Ask) =>
		call(
			'GET /v1/w/{ws}/enrolments/estimate',
			{ params: { ws }, query: { functions, regions, features } },
			{ signal },
		),
	enabled: Number(regions) > 0,
	// A tick changes the figures; those before stay until the new ones are there.
	placeholderData: keepPreviousData,
});

export const enrol = (ws: string, body: BodyOf<'POST /v1/w/{ws}/enrolments'>) =>
	call('POST /v1/w/{ws}/enrolments', { params: { ws }, body });

export const enrolmentQuery = (ws: string, id: string) => ({
	queryKey: ['enrolment', ws, id],
	queryFn: ({ signal }: Ask) =>
		call('GET /v1/w/{ws}/enrolments/{enrolmentId}', { params: enrolment(ws, id) }, { signal }),
});

export const verifyEnrolment = (ws: string, id: string) =>
	call('POST /v1/w/{ws}/enrolments/{enrolmentId}/verify', { params: enrolment(ws, id) });

export const dropEnrolment = (ws: string, id: string) =>
	call('DELETE /v1/w/{ws}/enrolments/{enrolmentId}', { params: enrolment(ws, id) });

export const templateOf = (ws: string, id: string) =>
	call('GET /v1/w/{ws}/enrolments/{enrolmentId}/template', { params: enrolment(ws, id) });

export const billingSourcesQuery = (ws: string) => ({
	queryKey: ['billing-sources', ws],
	queryFn: ({ signal }: Ask) =>
		call('GET /v1/w/{ws}/billing-sources', { params: { ws } }, { signal }),
});

export const addBillingSource = (ws: string, body: NewBillingSource) =>
	call('POST /v1/w/{ws}/billing-sources', { params: { ws }, body });

export const removeBillingSource = (ws: string, id: string) =>
	call('DELETE /v1/w/{ws}/billing-sources/{sourceId}', {
		params: { ws, sourceId: id },
	});

/** Uploads one bill file as gzip: a month of CUR lines is far smaller that way. */
export async function importBill(ws: string, id: string, file: File) {
	const packed = await new Response(
		file.stream().pipeThrough(new CompressionStream('gzip')),
	).arrayBuffer();
	const content = await base64(packed);
	return call('POST /v1/w/{ws}/billing-sources/{sourceId}/imports', {
		params: { ws, sourceId: id },
		body: { fileName: file.name.slice(0, 200), content, encoding: 'gzip-base64' },
	});
}

function base64(bytes: ArrayBuffer): Promise<string> {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => {
			resolve((reader.result as string).split(',')[1] ?? '');
		};
		reader.onerror = () => {
			reject(reader.error ?? new Error('the file could not be read'));
		};
		reader.readAsDataURL(new Blob([bytes]));
	});
}

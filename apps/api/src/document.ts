import type { Hono } from 'hono';

import { documentPage } from './documentPage.ts';
import type { ApiEnv } from './http/env.ts';
import { compress, etagOf, matchesEtag } from './middleware/headers.ts';
import { openApiDocument } from './openapi.ts';

/** Our own page may use the style it carries, and nothing else. */
const pagePolicy =
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Serves the document, and a page of our own to read it: it loads nothing from anywhere. */
export function documentRoutes(app: Hono<ApiEnv>): void {
	let made: { json: string; page: string } | null = null;
	const document = () => {
		if (made === null) {
			const api = openApiDocument();
			made = { json: JSON.stringify(api), page: documentPage(api) };
		}
		return made;
	};
	const send = (
		request: { header(name: string): string | undefined },
		body: string,
		headers: Record<string, string>,
	) => {
		const etag = etagOf(body);
		const all = new Headers({
			...headers,
			etag,
			'cache-control': 'public, max-age=300',
			vary: 'accept-encoding',
		});
		if (matchesEtag(request.header('if-none-match'), etag)) {
			return new Response(null, { status: 304, headers: all });
		}
		const encoded = compress(body, request.header('accept-encoding'));
		if (encoded.encoding !== null) all.set('content-encoding', encoded.encoding);
		return new Response(encoded.body, { headers: all });
	};
	app.get('/v1/openapi.json', ({ req }) =>
		send(req, document().json, { 'content-type': 'application/json; charset=utf-8' }),
	);
	app.get('/v1/docs', ({ req }) =>
		send(req, document().page, {
			'content-type': 'text/html; charset=utf-8',
			'content-security-policy': pagePolicy,
		}),
	);
}

import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type Provider from 'oidc-provider';

import { loginPage, messagePage } from './loginPage.ts';
import type { SignInLinks } from './links.ts';
import { subjectOf, type DemoMember } from './provider.ts';

export interface LoginDeps {
	readonly provider: Provider;
	readonly members: readonly DemoMember[];
	readonly emails: Map<string, string>;
	readonly links: SignInLinks;
	readonly origin: string;
	/** Where a sign-in link goes on to: the API's own beginning of the sign-in. */
	readonly signInUrl: string;
	readonly redirectOrigins: readonly string[];
	/** `clientId:clientSecret`, which may ask for sign-in links. */
	readonly credentials: string;
}

const ticketCookie = 'lamplight_identity_ticket';
const maxFormBytes = 4_096;

/** Answers the pages around the provider; `false` when the path is none of them. */
export async function answerLogin(
	deps: LoginDeps,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<boolean> {
	const path = new URL(request.url ?? '/', deps.origin).pathname;
	if (path.startsWith('/login/')) await interact(deps, request, response);
	else if (path.startsWith('/sign-in/') && request.method === 'GET')
		openLink(deps, path.slice('/sign-in/'.length), response);
	else if (path === '/sign-in-links' && request.method === 'POST')
		await makeLink(deps, request, response);
	else return false;
	return true;
}

async function interact(deps: LoginDeps, request: IncomingMessage, response: ServerResponse) {
	const details = await deps.provider.interactionDetails(request, response).catch(() => null);
	if (details === null) {
		html(deps, response, 400, messagePage('This sign-in has ended', 'Open Lamplight again.'));
		return;
	}
	const ticket = cookieValue(request, ticketCookie);
	const byLink = ticket === null ? null : deps.links.redeem(ticket);
	if (byLink !== null) {
		response.setHeader('set-cookie', `${ticketCookie}=; Path=/; HttpOnly; Max-Age=0`);
		await finish(deps, request, response, byLink);
	} else if (request.method === 'POST') {
		const form = new URLSearchParams(await body(request));
		const email = form.get('email')?.trim().toLowerCase() ?? '';
		if (/^[^\s@]{1,64}@[^\s@]{1,189}$/.test(email)) await finish(deps, request, response, email);
		else html(deps, response, 400, loginPage(deps.members, 'Enter an e-mail address.'));
	} else html(deps, response, 200, loginPage(deps.members, null));
}

async function finish(
	deps: LoginDeps,
	request: IncomingMessage,
	response: ServerResponse,
	email: string,
) {
	const subject = subjectOf(email);
	deps.emails.set(subject, email);
	await deps.provider.interactionFinished(request, response, {
		login: { accountId: subject, remember: true },
	});
}

function openLink(deps: LoginDeps, code: string, response: ServerResponse): void {
	const ticket = deps.links.open(code);
	if (ticket === null) {
		const sentence = 'A sign-in link works once, for a day. Open Lamplight to sign in.';
		html(deps, response, 410, messagePage('This link was used already', sentence));
		return;
	}
	response.writeHead(303, {
		location: deps.signInUrl,
		'set-cookie': `${ticketCookie}=${ticket}; Path=/; HttpOnly; SameSite=Lax; Max-Age=120`,
		'cache-control': 'no-store',
		'referrer-policy': 'no-referrer',
	});
	response.end();
}

async function makeLink(deps: LoginDeps, request: IncomingMessage, response: ServerResponse) {
	const expected = Buffer.from(`Basic ${Buffer.from(deps.credentials).toString('base64')}`);
	const given = Buffer.from(request.headers.authorization ?? '');
	if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
		response.writeHead(401).end();
		return;
	}
	const email = new URLSearchParams(await body(request)).get('email') ?? '';
	if (!email.includes('@')) {
		response.writeHead(400, { 'content-type': 'text/plain' }).end('email: expected an address');
		return;
	}
	response.writeHead(200, { 'content-type': 'application/json' });
	response.end(JSON.stringify({ link: `${deps.origin}/sign-in/${deps.links.issue(email)}` }));
}

function html(deps: LoginDeps, response: ServerResponse, status: number, page: string): void {
	response.writeHead(status, {
		'content-type': 'text/html; charset=utf-8',
		'cache-control': 'no-store',
		'x-content-type-options': 'nosniff',
		'referrer-policy': 'no-referrer',
		// Chromium holds the redirects after a form against form-action, so the client's are named.
		'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' ${deps.redirectOrigins.join(' ')}`,
	});
	response.end(page);
}

function cookieValue(request: IncomingMessage, name: string): string | null {
	for (const part of (request.headers.cookie ?? '').split(';')) {
		const [key, value] = part.trim().split('=', 2);
		if (key === name && value !== undefined && value !== '') return value;
	}
	return null;
}

async function body(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > maxFormBytes) throw new Error('the form is too large');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

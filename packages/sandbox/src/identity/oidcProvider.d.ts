/** The parts of oidc-provider 9 that we use; it carries no types. */
declare module 'oidc-provider' {
	import type { IncomingMessage, ServerResponse } from 'node:http';

	export interface Grant {
		addOIDCScope(scope: string): void;
		addResourceScope(resource: string, scope: string): void;
		save(): Promise<string>;
	}

	export interface OidcContext {
		readonly oidc: {
			readonly session?: {
				readonly accountId?: string;
				grantIdFor(clientId: string): string | undefined;
			};
			readonly client: { readonly clientId: string };
			readonly provider: Provider;
		};
	}

	export interface StoredPayload {
		readonly [field: string]: unknown;
	}

	export interface StorageAdapter {
		upsert(id: string, payload: StoredPayload, expiresInSeconds?: number): Promise<void>;
		find(id: string): Promise<StoredPayload | undefined>;
		findByUid(uid: string): Promise<StoredPayload | undefined>;
		findByUserCode(code: string): Promise<StoredPayload | undefined>;
		consume(id: string): Promise<void>;
		destroy(id: string): Promise<void>;
		revokeByGrantId(grantId: string): Promise<void>;
	}

	export interface InteractionDetails {
		readonly uid: string;
		readonly prompt: { readonly name: string };
		readonly params: Readonly<Record<string, unknown>>;
	}

	export default class Provider {
		constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
		callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
		interactionDetails(
			request: IncomingMessage,
			response: ServerResponse,
		): Promise<InteractionDetails>;
		interactionFinished(
			request: IncomingMessage,
			response: ServerResponse,
			result: Readonly<Record<string, unknown>>,
		): Promise<void>;
		on(event: string, listener: (...args: readonly unknown[]) => void): this;
		readonly Grant: {
			new (properties: { readonly accountId: string; readonly clientId: string }): Grant;
			find(id: string): Promise<Grant | undefined>;
		};
	}
}

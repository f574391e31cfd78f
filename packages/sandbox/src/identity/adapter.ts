import type { StorageAdapter, StoredPayload } from 'oidc-provider';

/**
 * A used refresh token is accepted again for this long, so that two tabs which refresh at once do
 * not sign each other out. Amazon Cognito has the same, 0 to 60 seconds (Cognito developer guide,
 * "Refresh token rotation", RetryGracePeriodSeconds, read 2026-11).
 */
const retryGraceMs = 30_000;
/** Entries kept; the oldest leave first. */
const maxEntries = 20_000;

interface Entry {
	payload: StoredPayload;
	readonly expiresMs: number;
	consumedMs: number | null;
}

/** Storage for one provider, in memory: signing in again after a restart is one click. */
export function memoryAdapter(clock: () => number): new (model: string) => StorageAdapter {
	const entries = new Map<string, Entry>();
	const uids = new Map<string, string>();

	const read = (key: string): Entry | undefined => {
		const entry = entries.get(key);
		if (entry === undefined || entry.expiresMs > clock()) return entry;
		entries.delete(key);
		return undefined;
	};

	return class MemoryAdapter implements StorageAdapter {
		readonly #model: string;
		constructor(model: string) {
			this.#model = model;
		}

		#key(id: string): string {
			return `${this.#model}:${id}`;
		}

		async upsert(id: string, payload: StoredPayload, expiresInSeconds?: number): Promise<void> {
			const key = this.#key(id);
			const expiresMs =
				expiresInSeconds === undefined ? Infinity : clock() + expiresInSeconds * 1_000;
			entries.delete(key);
			entries.set(key, { payload, expiresMs, consumedMs: null });
			if (typeof payload['uid'] === 'string') uids.set(payload['uid'], id);
			if (entries.size > maxEntries) {
				const oldest = entries.keys().next();
				if (!oldest.done) entries.delete(oldest.value);
			}
		}

		async find(id: string): Promise<StoredPayload | undefined> {
			const entry = read(this.#key(id));
			if (entry === undefined) return undefined;
			if (entry.consumedMs === null) return entry.payload;
			const inGrace = this.#model === 'RefreshToken' && clock() - entry.consumedMs < retryGraceMs;
			if (inGrace) return entry.payload;
			return { ...entry.payload, consumed: Math.floor(entry.consumedMs / 1_000) };
		}

		async findByUid(uid: string): Promise<StoredPayload | undefined> {
			const id = uids.get(uid);
			return id === undefined ? undefined : this.find(id);
		}

		async findByUserCode(): Promise<undefined> {
			return undefined;
		}

		async consume(id: string): Promise<void> {
			const entry = read(this.#key(id));
			if (entry !== undefined) entry.consumedMs ??= clock();
		}

		async destroy(id: string): Promise<void> {
			const entry = entries.get(this.#key(id));
			if (typeof entry?.payload['uid'] === 'string') uids.delete(entry.payload['uid']);
			entries.delete(this.#key(id));
		}

		async revokeByGrantId(grantId: string): Promise<void> {
			for (const [key, entry] of entries) {
				if (entry.payload['grantId'] === grantId) entries.delete(key);
			}
		}
	};
}

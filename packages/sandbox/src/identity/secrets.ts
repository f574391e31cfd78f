import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** What the provider keeps between runs. Made on this machine, never shipped with the program. */
export interface IdentitySecrets {
	readonly jwk: JWK;
	readonly clientSecret: string;
	readonly cookieKey: string;
}

const fileName = 'identity.json';

/**
 * The secrets in `folder`, made on the first run and readable by this user alone.
 * A file that is there but cannot be read is an error, not a reason to make new keys.
 */
export async function identitySecrets(folder: string): Promise<IdentitySecrets> {
	const path = join(folder, fileName);
	const existing = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return null;
		throw error;
	});
	if (existing !== null) return parse(existing, path);
	const made = await makeSecrets();
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const temporary = `${path}.${randomBytes(6).toString('hex')}`;
	await writeFile(temporary, JSON.stringify(made), { mode: 0o600, flag: 'wx' });
	await chmod(temporary, 0o600);
	await rename(temporary, path);
	return made;
}

async function makeSecrets(): Promise<IdentitySecrets> {
	const { privateKey } = await generateKeyPair('RS256', { extractable: true });
	const jwk = await exportJWK(privateKey);
	return {
		jwk: { ...jwk, kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'RS256' },
		clientSecret: randomBytes(32).toString('base64url'),
		cookieKey: randomBytes(32).toString('base64url'),
	};
}

function parse(text: string, path: string): IdentitySecrets {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		value = null;
	}
	const secrets = value as Partial<IdentitySecrets> | null;
	const whole =
		typeof secrets?.jwk === 'object' &&
		typeof secrets.jwk.kid === 'string' &&
		typeof secrets.clientSecret === 'string' &&
		typeof secrets.cookieKey === 'string';
	if (!whole) {
		throw new Error(`${path} is damaged: expected jwk, clientSecret and cookieKey; remove it`);
	}
	return secrets as IdentitySecrets;
}

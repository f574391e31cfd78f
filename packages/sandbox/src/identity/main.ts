/**
 * Process entry: options as JSON in the first argument (`{"dataFolder", "publicUrl", "port",
 * "members"}`), one JSON line `{"ready": true, "issuer", "clientId", "clientSecret", "signInLink"}`
 * once it listens, where the link signs in the first member. More links: `POST /sign-in-links` on
 * the issuer's origin with the client's credentials. Ends on SIGTERM or SIGINT.
 */
import { startIdentity, type IdentityOptions } from './start.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as Omit<IdentityOptions, 'clock'>;
// A composition root: here, and only here, the real clock comes in.
const running = await startIdentity({ ...options, clock: () => Date.now() });
const stop = () => void running.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
const first = options.members[0];
console.log(
	JSON.stringify({
		ready: true,
		issuer: running.issuer,
		clientId: running.clientId,
		clientSecret: running.clientSecret,
		signInLink: first === undefined ? null : running.signInLink(first.email),
	}),
);

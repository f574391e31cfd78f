/**
 * Preloaded into every process of a start (`NODE_OPTIONS=--import=…`): refuses each connection and each
 * name that is not of this machine, and notes it in the file `LAMPLIGHT_OUTSIDE` names.
 */
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const file = process.env.LAMPLIGHT_OUTSIDE;
const isHere = (host) =>
	host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host);

function refuse(what) {
	appendFileSync(file, `${what} by ${process.argv.slice(1, 3).join(' ')}\n`);
	return Object.assign(new Error(`${what} is outside this machine`), { code: 'ENETUNREACH' });
}

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function guarded(...args) {
	// Node's own callers pass their arguments in one array.
	const [first, second] = Array.isArray(args[0]) ? args[0] : args;
	const options = typeof first === 'object' ? first : { port: first, host: second };
	const host = typeof options.host === 'string' ? options.host : 'localhost';
	if (options.path === undefined && !isHere(host)) {
		const error = refuse(`${host}:${options.port}`);
		process.nextTick(() => this.destroy(error));
		return this;
	}
	return connect.apply(this, args);
};

const { lookup } = dns;
dns.lookup = (host, options, callback) => {
	const done = callback ?? options;
	if (isHere(host) || net.isIP(host) !== 0) return lookup(host, options, callback);
	process.nextTick(() => done(refuse(`the name ${host}`)));
	return {};
};
syncBuiltinESMExports();

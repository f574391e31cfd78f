/** Answers the platform's calls that SST's own command would: where assets go, and function builds. */
import { createCipheriv } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';

import * as esbuild from 'esbuild';

/** The source file behind a handler such as `apps/api/src/lambda.handler`, and its export. */
function handlerSource(root, handler) {
	const exportName = extname(handler).slice(1);
	const base = join(root, handler.slice(0, -exportName.length - 1));
	for (const extension of ['.ts', '.mts', '.js', '.mjs']) {
		if (existsSync(base + extension)) return { file: base + extension, exportName };
	}
	throw new Error(`handler ${handler}: no such file`);
}

/** The links of a function, encrypted as its runtime expects them. */
function writeResource(folder, { encryptionKey, links }) {
	if (encryptionKey === undefined) return;
	const key = Buffer.from(encryptionKey, 'base64');
	const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12));
	const sealed = Buffer.concat([cipher.update(JSON.stringify(links ?? {})), cipher.final()]);
	writeFileSync(join(folder, 'resource.enc'), Buffer.concat([sealed, cipher.getAuthTag()]));
}

async function buildFunction({ root, work, builds }, target) {
	const { file, exportName } = handlerSource(root, target.handler);
	// Not where the platform puts its archive: it would pack the archive into itself.
	const out = join(work, 'builds', target.functionID ?? `function-${builds.length}`);
	mkdirSync(out, { recursive: true });
	const splitting = target.properties?.splitting === true;
	const { metafile } = await esbuild.build({
		entryPoints: { bundle: file },
		outdir: out,
		outExtension: { '.js': '.mjs' },
		splitting,
		bundle: true,
		minify: true,
		platform: 'node',
		format: 'esm',
		target: 'node24',
		metafile: true,
		mainFields: ['module', 'main'],
		banner: {
			js: 'import{createRequire as bundleRequire}from"node:module";const require=bundleRequire(import.meta.url);',
		},
		logLevel: 'silent',
	});
	const outputs = Object.values(metafile.outputs);
	const output = outputs.find(
		({ entryPoint }) => entryPoint !== undefined && resolve(entryPoint) === file,
	);
	if (!output?.exports.includes(exportName)) {
		throw new Error(`handler ${target.handler}: ${file} exports no ${exportName}`);
	}
	writeResource(out, target);
	const bytes = outputs.reduce((sum, one) => sum + one.bytes, 0);
	builds.push({ handler: target.handler, bytes, files: outputs.length, splitting });
	return { handler: `bundle.${exportName}`, out, errors: [], sourcemaps: [] };
}

/** A server on loopback; `close` stops it, `unref` lets the process end while it listens. */
export async function startBuildServer(context) {
	const methods = {
		'Provider.Aws.Bootstrap': () => ({ asset: 'mock-assets', state: 'mock-state' }),
		'Provider.Aws.Appsync': () => ({ http: 'mock-http', realtime: 'mock-realtime' }),
		'Runtime.AddTarget': () => true,
		'Runtime.Build': (target) => buildFunction(context, target),
	};
	const server = createServer((request, response) => {
		const chunks = [];
		request.on('data', (chunk) => chunks.push(chunk));
		request.on('end', async () => {
			const { method, params } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
			let answer;
			try {
				const call = methods[method];
				if (call === undefined) throw new Error(`rpc: can't find method ${method}`);
				answer = { result: await call(params?.[0]), error: null };
			} catch (error) {
				answer = { result: null, error: error instanceof Error ? error.message : String(error) };
			}
			// A kept-alive connection would hold the end of the program back by five seconds.
			response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
			response.end(JSON.stringify(answer));
		});
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${server.address().port}`,
		close: () => server.close(),
		unref: () => server.unref(),
	};
}

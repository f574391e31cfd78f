import type { OpenApiDocument, Operation } from './openapi.ts';

/** The API's document as one page to read: no script, nothing loaded from anywhere. */
export function documentPage(api: OpenApiDocument): string {
	const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
	);
	const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
	const sections = tags.map((tag) => {
		const own = operations.filter(({ operation }) => operation.tags.includes(tag));
		const parts = own.map(({ path, method, operation }) => operationHtml(path, method, operation));
		return `<section id="${text(tag)}"><h2>${text(tag)}</h2>${parts.join('\n')}</section>`;
	});
	const schemas = Object.entries(api.components.schemas).map(
		([name, schema]) =>
			`<details id="schema-${text(name)}"><summary>${text(name)}</summary><pre>${text(JSON.stringify(schema, null, 2))}</pre></details>`,
	);
	return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Lamplight API</title><style>${style}</style></head>
<body><header><h1>Lamplight API</h1><p>${text(api.info.description)}</p>
<p>The same as <a href="/v1/openapi.json">OpenAPI 3.1</a>.</p>
<nav aria-label="Parts">${tags.map((tag) => `<a href="#${text(tag)}">${text(tag)}</a>`).join(' ')} <a href="#schemas">schemas</a></nav></header>
<main>${sections.join('\n')}<section id="schemas"><h2>schemas</h2>${schemas.join('\n')}</section></main></body></html>`;
}

function operationHtml(path: string, method: string, operation: Operation): string {
	const parameters = operation.parameters.map(
		(one) =>
			`<tr><td><code>${text(one.name)}</code></td><td>${one.in}${one.required ? ', required' : ''}</td><td><code>${text(JSON.stringify(one.schema))}</code></td></tr>`,
	);
	const body = operation.requestBody?.content['application/json']?.schema;
	return `<details><summary><b class="${method}">${method.toUpperCase()}</b> <code>${text(path)}</code> <span>${text(operation.summary)}</span></summary>
<p>${text(operation.description)}</p>
${parameters.length === 0 ? '' : `<table><thead><tr><th>Parameter</th><th>In</th><th>Schema</th></tr></thead><tbody>${parameters.join('')}</tbody></table>`}
${body === undefined ? '' : `<h3>Body</h3><pre>${text(JSON.stringify(body, null, 2))}</pre>`}
<h3>Answers</h3><pre>${text(JSON.stringify(operation.responses, null, 2))}</pre></details>`;
}

function text(value: string): string {
	return value
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;');
}

const style = `
:root{color-scheme:light dark;--bg:#f6f4f1;--surface:#fff;--ink:#1e1a16;--ink2:#554e47;--line:#e8e3dc;--lamp:#8a4f00}
@media(prefers-color-scheme:dark){:root{--bg:#121110;--surface:#1a1816;--ink:#f2eee9;--ink2:#bcb4ab;--line:#2d2a26;--lamp:#ffc46b}}
body{margin:0;background:var(--bg);color:var(--ink);font:14px/1.5 system-ui,sans-serif}
header,main{max-width:1000px;margin:0 auto;padding:16px 24px}nav a{margin-right:8px}a{color:var(--lamp)}
h1{font-size:20px}h2{font-size:16px;margin:24px 0 8px}h3{font-size:13px;margin:12px 0 4px}
details{background:var(--surface);border:1px solid var(--line);border-radius:6px;margin:4px 0;padding:6px 12px}
summary{cursor:pointer}summary span{color:var(--ink2)}summary b{display:inline-block;min-width:54px;color:var(--lamp)}
pre{overflow:auto;max-height:420px;background:var(--bg);padding:8px;border-radius:4px}code,pre{font:12px/1.5 ui-monospace,monospace}
table{border-collapse:collapse;width:100%}td,th{text-align:left;border-top:1px solid var(--line);padding:4px 8px;vertical-align:top;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--lamp);outline-offset:2px}`;

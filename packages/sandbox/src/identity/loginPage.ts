import type { DemoMember } from './provider.ts';

/** The login page: each demo member one button, and a field for anybody else. */
export function loginPage(members: readonly DemoMember[], problem: string | null): string {
	const buttons = members
		.map(
			(member) =>
				`<li><button name="email" value="${escape(member.email)}">
<span><b>${escape(member.name)}</b><small>${escape(member.email)}</small></span>
<em>${escape(member.role)}</em></button></li>`,
		)
		.join('\n');
	return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in to Lamplight</title><style>${style}</style></head>
<body><main>
<h1>Sign in to Lamplight</h1>
<p>This login page stands in for Amazon Cognito on this machine. It asks for no password and is
reachable from this machine only.</p>
${problem === null ? '' : `<p role="alert" class="problem">${escape(problem)}</p>`}
<form method="post" aria-label="Members of the demo workspace"><ul>${buttons}</ul></form>
<form method="post" class="other"><label for="email">Somebody else</label>
<div><input id="email" name="email" type="email" required maxlength="254" placeholder="name@example.com" autocomplete="email">
<button>Sign in</button></div></form>
</main></body></html>`;
}

/** The whole page for something that went wrong, with one thing to do. */
export function messagePage(title: string, sentence: string): string {
	return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>${style}</style></head>
<body><main><h1>${escape(title)}</h1><p>${escape(sentence)}</p></main></body></html>`;
}

function escape(text: string): string {
	return text.replace(
		/[&<>"']/g,
		(mark) =>
			({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[mark] ?? mark,
	);
}

const style = `
:root{color-scheme:light dark;--bg:#f6f4f1;--surface:#fff;--ink:#1e1a16;--ink2:#554e47;--line:#e8e3dc;--control:#8b8278;--lamp:#8a4f00;--bad:#b02a16}
@media(prefers-color-scheme:dark){:root{--bg:#121110;--surface:#1a1816;--ink:#f2eee9;--ink2:#bcb4ab;--line:#2d2a26;--control:#7a726a;--lamp:#ffc46b;--bad:#ff8a73}}
body{margin:0;background:var(--bg);color:var(--ink);font:14px/1.5 system-ui,sans-serif}
main{max-width:420px;margin:8vh auto;padding:24px}
h1{font-size:20px;font-weight:650;margin:0 0 8px}p{color:var(--ink2);margin:0 0 20px}
ul{list-style:none;margin:0 0 20px;padding:0;background:var(--surface);border:1px solid var(--line);border-radius:10px;overflow:hidden}
li+li{border-top:1px solid var(--line)}
ul button{display:flex;justify-content:space-between;align-items:center;width:100%;min-height:52px;padding:8px 16px;border:0;background:none;color:inherit;font:inherit;text-align:left;cursor:pointer}
ul button:hover{background:var(--bg)}b{display:block;font-weight:600}small{color:var(--ink2)}em{font-style:normal;color:var(--ink2)}
label{display:block;font-weight:500;margin-bottom:4px}.other div{display:flex;gap:8px}
input{flex:1;min-width:0;height:36px;padding:0 10px;border:1px solid var(--control);border-radius:6px;background:var(--surface);color:inherit;font:inherit}
.other button{height:38px;padding:0 14px;border:1px solid var(--control);border-radius:6px;background:var(--surface);color:inherit;font:inherit;cursor:pointer}
:focus-visible{outline:2px solid var(--lamp);outline-offset:2px}.problem{color:var(--bad)}`;

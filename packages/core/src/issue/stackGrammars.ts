import type { Language } from './failureText.ts';

/** One line of a stack as it is printed. */
export interface RawFrame {
	readonly function: string | null;
	readonly file: string | null;
	readonly line: number | null;
	/** What the in-app rule looks at: the file as printed, else the function. */
	readonly place: string;
}

/** One language's stack: how a frame line reads, which way up it is printed, what is not the app's. */
export interface StackGrammar {
	readonly frame: (line: string, next: string | undefined) => RawFrame | null;
	readonly innermostLast: boolean;
	/** Matched against the place and the function of a frame that is not the customer's own. */
	readonly foreign: RegExp;
	readonly foreignFunction: RegExp;
	readonly functionName: (name: string) => string | null;
}

const text = (value: string | undefined): string | null =>
	value === undefined || value === '' ? null : value;
const number = (value: string | undefined): number | null =>
	value === undefined || value === '' ? null : Number(value);

function nodeFrame(line: string): RawFrame | null {
	const named = /^\s*at (?:async )?(.{1,300}?) \((.{1,500}?)(?::(\d+|X+))?(?::(?:\d+|X+))?\)/.exec(
		line,
	);
	if (named !== null) {
		const [, name = '', place = '', at] = named;
		return { function: name, file: place, line: numberOrNull(at), place };
	}
	const bare =
		/^\s*at (?:async )?((?:file:\/\/|node:|\/|[A-Za-z]:\\|internal\/)[^\s()]{1,500}?)(?::(\d+|X+))?(?::(?:\d+|X+))?$/.exec(
			line.trimEnd(),
		);
	if (bare === null) return null;
	const [, place = '', at] = bare;
	return { function: null, file: place, line: numberOrNull(at), place };
}

function numberOrNull(value: string | undefined): number | null {
	return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
}

/** Who called a method differs between versions of the runtime; `index.mjs` names differ per build. */
function nodeName(name: string): string | null {
	const plain = name
		.replace(/ \[as [^\]]*\]/g, '')
		.replace(/^(?:new |async )/, '')
		.replace(
			/^(?:(?:Runtime|_Runtime|Object|exports|module|Module|Function|Timeout|Immediate|[A-Za-z]*InvokeProcessor)\.)+/,
			'',
		)
		.replace(/(?<=[A-Za-z])\d+(?=\.|$)/g, '')
		.replace(/^_+(?=[A-Za-z])/, '');
	if (/^(?:<anonymous>|eval)$/.test(plain)) return null;
	return plain.length <= 2 ? null : plain;
}

function pythonFrame(line: string): RawFrame | null {
	const match = /^\s*File "([^"]{1,500})", line (\d+)(?:, in (.{1,200}))?/.exec(line);
	if (match === null) return null;
	const [, file = '', at, name] = match;
	return { function: text(name), file, line: number(at), place: file };
}

function javaFrame(line: string): RawFrame | null {
	const match =
		/^\s*(?:at )?(?:[\w.@-]{1,80}\/)*([\w$.<>/-]{1,300})\(([^()\s]{0,200}?|Native Method|Unknown Source)(?::(\d+))?\)/.exec(
			line,
		);
	if (match === null) return null;
	const [, name = '', file = '', at] = match;
	if (!name.includes('.')) return null;
	const known = /\.\w+$/.test(file) ? file : null;
	return { function: name, file: known, line: number(at), place: name };
}

function javaName(name: string): string {
	return name
		.replace(/\$\$(?:Lambda|EnhancerBy|FastClassBy|SpringCGLIB)[^.]*/g, '')
		.replace(/lambda\$(\w+)\$\d+/g, '$1')
		.replace(/\$(?:Proxy)?\d+/g, '')
		.replace(/(GeneratedMethodAccessor|GeneratedConstructorAccessor)\d+/g, '$1');
}

/** Go prints the function on one line and its place, tabbed, on the next. */
function goFrame(line: string, next: string | undefined): RawFrame | null {
	const place = /^\s+(\S{1,400}\.(?:go|s)):(\d+)(?: \+0x[0-9a-f]+)?\s*$/.exec(next ?? '');
	const called = line
		.replace(/^created by /, '')
		.replace(/ in goroutine \d+\s*$/, '')
		.trim();
	const name = called.endsWith(')') ? called.slice(0, called.lastIndexOf('(')) : called;
	if (place === null || !/^\S{1,300}$/.test(name)) return null;
	const [, file = '', at] = place;
	return { function: name, file, line: number(at), place: file };
}

function dotnetFrame(line: string): RawFrame | null {
	const match =
		/^\s*at ([\w.<>`+$[\],|]{1,300}?)(?:\[[^\]]*\])?\(([^)]{0,500})\)(?: in (.{1,400}?):line (\d+))?\s*$/.exec(
			line,
		);
	if (match === null) return null;
	const [, name = '', , file, at] = match;
	return { function: name, file: text(file), line: number(at), place: name };
}

function dotnetName(name: string): string {
	return name
		.replace(/<>c(?:__DisplayClass\w+)?\.?/g, '')
		.replace(/<(\w+)>[a-z]__\w+(?:\|[\w]+)?(?:\.MoveNext)?/g, '$1')
		.replace(/`\d+/g, '')
		.replace(/\+/g, '.');
}

/** `  3: bootstrap::handler::{{closure}}`, its place on the next line; or the panic's own place. */
function rustFrame(line: string, next: string | undefined): RawFrame | null {
	const panic = /panicked at (?:'.{0,500}', )?([^\s:]{1,300}\.rs):(\d+)(?::\d+)?/.exec(line);
	if (panic !== null) {
		const [, file = '', at] = panic;
		return { function: null, file, line: number(at), place: file };
	}
	const match = /^\s*\d+:\s+(?:0x[0-9a-f]+ - )?([^\s].{0,300}?)\s*$/.exec(line);
	if (match === null) return null;
	const place = /^\s+at (\S{1,300}?):(\d+)(?::\d+)?\s*$/.exec(next ?? '');
	const name = match[1] ?? '';
	return {
		function: name,
		file: place?.[1] ?? null,
		line: number(place?.[2]),
		place: place?.[1] ?? name,
	};
}

function rubyFrame(line: string): RawFrame | null {
	const match = /^\s*(?:from |at )?([^\s:'"]{1,300}\.rb):(\d+)(?::in [`'](.{1,200}?)')?/.exec(line);
	if (match === null) return null;
	const [, file = '', at, name] = match;
	return { function: text(name), file, line: number(at), place: file };
}

const nothing = /(?!)/;
const same = (name: string): string => name;

/** How each language prints a stack. */
export const grammars: Readonly<Record<Language, StackGrammar>> = {
	node: {
		frame: nodeFrame,
		innermostLast: false,
		foreign:
			/node_modules|^node:|^internal\/|\/var\/runtime\/|^\/opt\/|^<anonymous>$|^native$|^(?:events|domain|module|vm|net|timers|async_hooks|index)\.js$|^\/?\.pnpm/,
		foreignFunction:
			/^(?:process\.|Array\.|Promise\.|new Promise|JSON\.|runMicrotasks|processTicksAndRejections)/,
		functionName: nodeName,
	},
	python: {
		frame: pythonFrame,
		innermostLast: true,
		foreign:
			/site-packages|dist-packages|\/var\/lang\/|\/var\/runtime\/|\/opt\/python|^<frozen|^<string>|\/lib\/python\d/,
		foreignFunction: nothing,
		functionName: same,
	},
	java: {
		frame: javaFrame,
		innermostLast: false,
		foreign:
			/^(?:java|javax|jdk|sun|com\.sun|jakarta|kotlin|kotlinx|scala|groovy|lambdainternal|com\.amazonaws|software\.amazon|org\.springframework|org\.apache|org\.hibernate|org\.slf4j|io\.netty|io\.micronaut|io\.quarkus|reactor|io\.reactivex|com\.fasterxml|com\.google\.(?:common|gson)|com\.zaxxer|org\.postgresql|com\.mysql|okhttp3|redis\.clients)\./,
		foreignFunction: nothing,
		functionName: javaName,
	},
	go: {
		frame: goFrame,
		innermostLast: false,
		foreign:
			/\/pkg\/mod\/|@v\d|\/usr\/local\/go\/|\/vendor\/|\/libexec\/src\/|^runtime\/|github\.com\/aws\/(?:aws-lambda-go|aws-sdk-go)/,
		foreignFunction: /^(?:panic|runtime\.|reflect\.|testing\.|sync\.|net\/|github\.com\/aws\/aws-)/,
		functionName: (name) => name.replace(/\.func\d[\d.]*/g, '.func').replace(/\.gowrap\d+/g, ''),
	},
	dotnet: {
		frame: dotnetFrame,
		innermostLast: false,
		foreign:
			/^(?:System|Microsoft|Amazon|AWSSDK|AWS\.Lambda|MediatR|Newtonsoft|Npgsql|Polly|Serilog|StackExchange)\.|^lambda_method/,
		foreignFunction: nothing,
		functionName: dotnetName,
	},
	rust: {
		frame: rustFrame,
		innermostLast: false,
		foreign: /\/rustc\/|\.cargo\/registry|\/toolchains\/|^library\/(?:std|core|alloc)/,
		foreignFunction:
			/^<?(?:std|core|alloc|tokio|tower|hyper|futures|futures_util|lambda_runtime|lambda_http|aws_[\w]+|tracing|rust_begin_unwind|rust_panic|__rust|__libc_start|_start|main$|backtrace)/,
		functionName: (name) => name.replace(/::h[0-9a-f]{16}$/, '').replace(/::\{\{closure\}\}/g, ''),
	},
	ruby: {
		frame: rubyFrame,
		innermostLast: false,
		foreign: /\/gems\/|\/var\/lang\/|\/var\/runtime\/|\/opt\/ruby/,
		foreignFunction: nothing,
		functionName: (name) => name.replace(/^.*[#.](?=\w)/, ''),
	},
};

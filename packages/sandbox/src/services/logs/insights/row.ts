/** A value of a field: Insights knows text and numbers; `null` is absent. */
export type Value = string | number | null;

/** One record as a query sees it: fields by name, found in its message when they are asked for. */
export class Row {
	readonly #own = new Map<string, Value>();
	readonly #message: string;
	#json: unknown = undefined;

	/** `fields` are those that CloudWatch adds: `@timestamp` and so on. */
	constructor(message: string, fields: Readonly<Record<string, Value>>) {
		this.#message = message;
		for (const [name, value] of Object.entries(fields)) this.#own.set(name, value);
	}

	get(name: string): Value {
		const own = this.#own.get(name);
		if (own !== undefined) return own;
		if (name === '@message') return this.#message;
		const found = name.startsWith('@') ? discovered(this.#message, name) : this.#fromJson(name);
		this.#own.set(name, found);
		return found;
	}

	set(name: string, value: Value): void {
		this.#own.set(name, value);
	}

	#fromJson(name: string): Value {
		if (this.#json === undefined) this.#json = parseObject(this.#message);
		let value: unknown = this.#json;
		for (const step of name.split('.')) {
			if (value === null || typeof value !== 'object') return null;
			value = (value as Record<string, unknown>)[step];
		}
		if (typeof value === 'string' || typeof value === 'number') return value;
		return typeof value === 'boolean' ? (value ? 1 : 0) : null;
	}
}

function parseObject(message: string): unknown {
	if (!message.startsWith('{')) return null;
	try {
		return JSON.parse(message);
	} catch {
		return null;
	}
}

// Fields that Insights finds in Lambda's records; sizes are decimal bytes (CloudWatch Logs user guide,
// "Supported logs and discovered fields", read 2026-04).
const megabyte = 1_000_000;
const numbers: Readonly<Record<string, readonly [RegExp, number]>> = {
	'@duration': [/^REPORT[^\n]*\tDuration: ([\d.]+) ms/, 1],
	'@billedDuration': [/^REPORT[^\n]*\tBilled Duration: (\d+) ms/, 1],
	'@initDuration': [/^REPORT[^\n]*\tInit Duration: ([\d.]+) ms/, 1],
	'@memorySize': [/^REPORT[^\n]*\tMemory Size: (\d+) MB/, megabyte],
	'@maxMemoryUsed': [/^REPORT[^\n]*\tMax Memory Used: (\d+) MB/, megabyte],
};

function discovered(message: string, name: string): Value {
	const number = numbers[name];
	if (number !== undefined) {
		const found = number[0].exec(message)?.[1];
		return found === undefined ? null : Number(found) * number[1];
	}
	if (name === '@type') return /^(START|END|REPORT)\b/.exec(message)?.[1] ?? null;
	if (name === '@requestId') {
		return /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/.exec(message)?.[0] ?? null;
	}
	return null;
}

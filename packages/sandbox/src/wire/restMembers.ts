import type { WireRequest } from './message.ts';
import { headerText, scalarFromText } from './restText.ts';
import type { Member, Shape } from './shape.ts';

/** What a REST request says outside of its body. */
export interface RestRequest {
	readonly labels: ReadonlyMap<string, string>;
	readonly query: URLSearchParams;
	readonly request: WireRequest;
}

/**
 * The members of an input that travel in path, query and headers, and those that are left for the
 * body: a payload, or members of its document.
 */
export function readOutside(
	members: readonly Member[],
	rest: RestRequest,
): { readonly values: Record<string, unknown>; readonly inside: readonly Member[] } {
	const values: Record<string, unknown> = {};
	const inside: Member[] = [];
	for (const member of members) {
		const { traits } = member;
		let value: unknown;
		if (traits.httpLabel) value = scalarFromText(member, rest.labels.get(member.name) ?? '');
		else if (traits.httpQuery !== undefined) value = fromQueryString(member, rest.query);
		else if (traits.httpQueryParams) value = Object.fromEntries(rest.query);
		else if (traits.httpHeader !== undefined) value = fromHeader(member, rest.request);
		else if (traits.httpPrefixHeaders !== undefined)
			value = fromPrefixHeaders(member, rest.request);
		else inside.push(member);
		if (value !== undefined) values[member.name] = value;
	}
	return { values, inside };
}

function fromQueryString(member: Member, query: URLSearchParams): unknown {
	const name = member.traits.httpQuery ?? '';
	if (!query.has(name)) return undefined;
	if (member.shape.kind !== 'list') return scalarFromText(member, query.get(name) ?? '');
	const element = elementMember(member);
	return query.getAll(name).map((text) => scalarFromText(element, text));
}

function elementMember(member: Member): Member {
	return { ...member, shape: member.shape.value };
}

function fromHeader(member: Member, request: WireRequest): unknown {
	const text = request.headers[(member.traits.httpHeader ?? '').toLowerCase()];
	if (text === undefined) return undefined;
	if (member.shape.kind !== 'list') return scalarFromText(member, text);
	const element = elementMember(member);
	return text.split(',').map((part) => scalarFromText(element, part.trim()));
}

function fromPrefixHeaders(member: Member, request: WireRequest): unknown {
	const prefix = (member.traits.httpPrefixHeaders ?? '').toLowerCase();
	const found = Object.entries(request.headers).filter(([name]) => name.startsWith(prefix));
	return found.length === 0
		? undefined
		: Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** An answer's members outside of its body, written into `headers`; the others are left. */
export function writeOutside(
	shape: Shape,
	output: Readonly<Record<string, unknown>>,
	headers: Record<string, string>,
): { readonly status: number | null; readonly inside: readonly Member[] } {
	const inside: Member[] = [];
	let status: number | null = null;
	for (const member of shape.kind === 'unit' ? [] : shape.members) {
		const { traits } = member;
		const value = output[member.name];
		if (traits.httpResponseCode) {
			if (typeof value === 'number') status = value;
		} else if (traits.httpHeader !== undefined) {
			if (value !== undefined && value !== null) {
				headers[traits.httpHeader.toLowerCase()] = headerText(member.shape, value);
			}
		} else if (traits.httpPrefixHeaders !== undefined) {
			for (const [name, text] of Object.entries((value ?? {}) as Record<string, string>)) {
				headers[`${traits.httpPrefixHeaders}${name}`.toLowerCase()] = text;
			}
		} else {
			inside.push(member);
		}
	}
	return { status, inside };
}

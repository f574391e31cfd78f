import type { WireResponse } from './message.ts';
import type { Shape } from './shape.ts';

const extra = { aMemberOfTomorrow: { nested: [1, null, 'text'], at: 1.5 } };

/** The answer with members that no schema knows: in every structure of a JSON body, once in an XML one. */
export function withUnknownMembers(shape: Shape, response: WireResponse): WireResponse {
	const text = response.body.toString();
	if ((response.headers['content-type'] ?? '').includes('xml')) {
		const body = text.replace(
			/(<\w+Result>)|(<\w+Response [^>]*>(?!<\w+Result>))/,
			'$&<AMemberOfTomorrow>1</AMemberOfTomorrow>',
		);
		return { ...response, body };
	}
	if (text === '') return response;
	return { ...response, body: JSON.stringify(extended(shape, JSON.parse(text))) };
}

/** Keys of maps are data, so nothing is added to a map; its values are gone through. */
function extended(shape: Shape, value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (shape.kind === 'list' && Array.isArray(value)) {
		return value.map((entry: unknown) => extended(shape.value, entry));
	}
	const entries = Object.entries(value);
	if (shape.kind === 'map') {
		return Object.fromEntries(entries.map(([key, entry]) => [key, extended(shape.value, entry)]));
	}
	if (shape.kind !== 'struct') return value;
	const members = entries.map(([name, entry]) => {
		const member = shape.member(name);
		return [name, member === null ? entry : extended(member.shape, entry)] as const;
	});
	return { ...Object.fromEntries(members), ...extra };
}

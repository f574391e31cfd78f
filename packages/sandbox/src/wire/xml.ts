import type { Member, Shape } from './shape.ts';

/** Text as XML content. Control characters that XML 1.0 cannot hold are written as references, as AWS does. */
export function escapeXml(text: string): string {
	// eslint-disable-next-line no-control-regex -- these are the characters to be escaped
	return text.replace(/[<>&"'\u0000-\u001f\u0085\u2028]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** The members of a structure as XML elements. */
export function structToXml(
	{ members }: Pick<Shape, 'members'>,
	value: Readonly<Record<string, unknown>>,
): string {
	let out = '';
	for (const member of members) {
		const found = value[member.name];
		if (found === undefined || found === null) continue;
		out += memberToXml(member, found);
	}
	return out;
}

function memberToXml(member: Member, value: unknown): string {
	const name = member.ownTraits.xmlName ?? member.name;
	const { shape } = member;
	if (member.traits.xmlFlattened && shape.kind === 'list') {
		return (value as readonly unknown[]).map((entry) => element(name, shape.value, entry)).join('');
	}
	if (member.traits.xmlFlattened && shape.kind === 'map') return mapEntries(shape, value, name);
	return element(name, shape, value);
}

function element(name: string, shape: Shape, value: unknown): string {
	return `<${name}>${content(shape, value)}</${name}>`;
}

function content(shape: Shape, value: unknown): string {
	switch (shape.kind) {
		case 'struct':
		case 'union':
			return structToXml(shape, value as Readonly<Record<string, unknown>>);
		case 'list': {
			const name = shape.valueXmlName ?? 'member';
			return (value as readonly unknown[])
				.map((entry) => element(name, shape.value, entry))
				.join('');
		}
		case 'map':
			return mapEntries(shape, value, 'entry');
		case 'timestamp':
			return timestamp(shape, value as Date);
		case 'blob':
			return Buffer.from(value as Uint8Array).toString('base64');
		case 'unit':
			return '';
		default:
			return escapeXml(String(value));
	}
}

function mapEntries(shape: Shape, value: unknown, name: string): string {
	const keyName = shape.keyXmlName ?? 'key';
	const valueName = shape.valueXmlName ?? 'value';
	return Object.entries(value as Readonly<Record<string, unknown>>)
		.map(
			([key, entry]) =>
				`<${name}>${element(keyName, shape.key, key)}${element(valueName, shape.value, entry)}</${name}>`,
		)
		.join('');
}

function timestamp(shape: Shape, value: Date): string {
	if (shape.timestampFormat === 'epoch-seconds') return String(value.getTime() / 1000);
	if (shape.timestampFormat === 'http-date') return value.toUTCString();
	return value.toISOString();
}

import { AwsError } from './awsError.ts';
import type { Member, Shape } from './shape.ts';

export interface QuerySettings {
	/** EC2's flavour: every list flattened, keys capitalised. */
	readonly ec2: boolean;
}

/** The parameters as a tree along their dots: `Tags.member.1.Key` is four levels deep. */
interface Node {
	value: string | null;
	readonly children: Map<string, Node>;
}

/** Decodes form parameters by a shape. Throws MalformedInput where a value cannot be of its shape. */
export function fromQuery(
	shape: Shape,
	params: URLSearchParams,
	settings: QuerySettings,
): Record<string, unknown> {
	const root: Node = { value: null, children: new Map() };
	for (const [key, value] of params) {
		let node = root;
		for (const part of key.split('.')) {
			let child = node.children.get(part);
			if (child === undefined) {
				child = { value: null, children: new Map() };
				node.children.set(part, child);
			}
			node = child;
		}
		node.value = value;
	}
	if (shape.kind === 'unit') return {};
	return readStruct(shape, root, settings);
}

function readNode(shape: Shape, node: Node, settings: QuerySettings): unknown {
	switch (shape.kind) {
		case 'struct':
		case 'union':
			return readStruct(shape, node, settings);
		case 'list':
			return readList(shape, node, settings);
		case 'map':
			return readMap(shape, node, settings);
		default:
			return readScalar(shape, node.value ?? '');
	}
}

function readStruct(shape: Shape, node: Node, settings: QuerySettings): Record<string, unknown> {
	const out: Record<string, unknown> = {};
	for (const member of shape.members) {
		const child = node.children.get(memberKey(member, settings));
		if (child === undefined) continue;
		out[member.name] = readMember(member, child, settings);
	}
	return out;
}

/** Flattening is said by the member as well as by the list itself. */
function readMember(member: Member, node: Node, settings: QuerySettings): unknown {
	if (member.shape.kind === 'list' && member.traits.xmlFlattened) {
		return elements(node).map((child) => readNode(member.shape.value, child, settings));
	}
	return readNode(member.shape, node, settings);
}

function readList(shape: Shape, node: Node, settings: QuerySettings): unknown[] {
	const flat = settings.ec2 || Boolean(shape.traits.xmlFlattened);
	const wrapper = flat ? node : node.children.get(shape.valueXmlName ?? 'member');
	if (wrapper === undefined) return [];
	return elements(wrapper).map((child) => readNode(shape.value, child, settings));
}

function readMap(shape: Shape, node: Node, settings: QuerySettings): Record<string, unknown> {
	const wrapper = shape.traits.xmlFlattened ? node : node.children.get('entry');
	const out: Record<string, unknown> = {};
	if (wrapper === undefined) return out;
	for (const entry of elements(wrapper)) {
		const key = entry.children.get(shape.keyXmlName ?? 'key')?.value;
		const value = entry.children.get(shape.valueXmlName ?? 'value');
		if (typeof key === 'string' && value !== undefined) {
			out[key] = readNode(shape.value, value, settings);
		}
	}
	return out;
}

function elements(node: Node): Node[] {
	return [...node.children]
		.filter(([key]) => /^\d+$/.test(key))
		.sort(([a], [b]) => Number(a) - Number(b))
		.map(([, child]) => child);
}

function memberKey(member: Member, settings: QuerySettings): string {
	const traits = member.traits;
	if (settings.ec2 && traits['ec2QueryName'] !== undefined) return traits['ec2QueryName'] as string;
	const key = member.ownTraits.xmlName ?? member.name;
	return settings.ec2 ? key.charAt(0).toUpperCase() + key.slice(1) : key;
}

function readScalar(shape: Shape, text: string): unknown {
	switch (shape.kind) {
		case 'boolean':
			if (text === 'true' || text === 'false') return text === 'true';
			break;
		case 'number':
		case 'bigDecimal': {
			const value = Number(text);
			if (text !== '' && (!Number.isNaN(value) || text === 'NaN')) return value;
			break;
		}
		case 'bigInteger':
			if (/^-?\d+$/.test(text)) return BigInt(text);
			break;
		case 'timestamp': {
			const date = /^-?\d+(\.\d+)?$/.test(text)
				? new Date(Math.round(Number(text) * 1000))
				: new Date(text);
			if (!Number.isNaN(date.getTime())) return date;
			break;
		}
		case 'blob':
			return new Uint8Array(Buffer.from(text, 'base64'));
		default:
			return text;
	}
	throw new AwsError('MalformedInput', `Invalid ${shape.kind}: ${text.slice(0, 60)}`);
}

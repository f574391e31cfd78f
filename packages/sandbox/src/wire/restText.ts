import { AwsError } from './awsError.ts';
import type { Member, Shape } from './shape.ts';

/** A scalar out of a path, a query string or a header. Throws ValidationException where it cannot be one. */
export function scalarFromText(member: Member, text: string): unknown {
	const { shape } = member;
	switch (shape.kind) {
		case 'boolean':
			if (text === 'true' || text === 'false') return text === 'true';
			break;
		case 'number': {
			const value = Number(text);
			if (text !== '' && !Number.isNaN(value)) return value;
			break;
		}
		case 'timestamp': {
			const date = /^-?\d+(\.\d+)?$/.test(text)
				? new Date(Math.round(Number(text) * 1000))
				: new Date(text);
			if (!Number.isNaN(date.getTime())) return date;
			break;
		}
		case 'blob':
			return new Uint8Array(Buffer.from(text, 'base64'));
		case 'string':
			return text;
		default:
			break;
	}
	throw new AwsError(
		'ValidationException',
		`Value '${text.slice(0, 60)}' at '${member.name}' failed to satisfy constraint: Member must be a ${shape.kind}`,
	);
}

/** A value as header text; dates in headers are HTTP dates unless the schema says otherwise. */
export function headerText(shape: Shape, value: unknown): string {
	if (shape.kind === 'list') {
		return (value as readonly unknown[]).map((entry) => headerText(shape.value, entry)).join(', ');
	}
	if (shape.kind === 'timestamp') {
		const date = value as Date;
		if (shape.timestampFormat === 'date-time') return date.toISOString();
		if (shape.timestampFormat === 'epoch-seconds') return String(date.getTime() / 1000);
		return date.toUTCString();
	}
	if (shape.kind === 'blob') return Buffer.from(value as Uint8Array).toString('base64');
	return String(value);
}

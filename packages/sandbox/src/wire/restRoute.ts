import type { WireRequest } from './message.ts';
import type { Operation } from './shape.ts';

/** An operation's method and URI template, ready to match. */
export interface Route {
	readonly operation: Operation;
	readonly method: string;
	readonly pattern: RegExp;
	readonly labels: readonly string[];
	/** Query parameters that are part of the template. */
	readonly constants: readonly (readonly [string, string])[];
	/** Length of the template's fixed text: the more is fixed, the earlier it is tried. */
	readonly fixedLength: number;
}

/** Throws for an operation without an HTTP binding, which a REST model cannot have. */
export function compileRoute(operation: Operation): Route {
	if (operation.http === null) throw new Error(`${operation.name} has no HTTP binding`);
	const [method, template] = operation.http;
	const [path = '', constants = ''] = template.split('?');
	const labels: string[] = [];
	const source = path.split('/').map((segment) => {
		const label = /^\{([^}+]+)(\+?)\}$/.exec(segment);
		if (label === null) return segment.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
		labels.push(label[1] ?? '');
		return label[2] === '+' ? '(.+)' : '([^/]+)';
	});
	return {
		operation,
		method,
		pattern: new RegExp(`^${source.join('/').replace(/\/$/, '')}/?$`),
		labels,
		constants: [...new URLSearchParams(constants)],
		fixedLength: path.replace(/\{[^}]+\}/g, '').length,
	};
}

/** The labels' values, decoded, or `null` when the request is not this operation's. */
export function matchRoute(route: Route, request: WireRequest): ReadonlyMap<string, string> | null {
	if (route.method !== request.method) return null;
	const match = route.pattern.exec(request.path);
	if (match === null) return null;
	if (route.constants.length > 0) {
		const query = new URLSearchParams(request.query);
		if (!route.constants.every(([name, value]) => query.get(name) === value)) return null;
	}
	return new Map(
		route.labels.map((label, index) => [label, decodeURIComponent(match[index + 1] ?? '')]),
	);
}

/** Most specific first: constants in the query, then the longer fixed text. */
export function compareRoutes(a: Route, b: Route): number {
	return b.constants.length - a.constants.length || b.fixedLength - a.fixedLength;
}

import * as z from 'zod';

import { access, rolesWith } from './access.ts';
import { contract, type RouteKey } from './contract/contract.ts';
import type { RouteContract } from './contract/define.ts';
import { problemSchema } from './contract/shared.ts';

type JsonSchema = Record<string, unknown>;

/** One operation of the OpenAPI document, as far as our own page and tests look at it. */
export interface Operation {
	readonly operationId: string;
	readonly summary: string;
	readonly description: string;
	readonly tags: readonly string[];
	readonly parameters: readonly {
		readonly name: string;
		readonly in: 'path' | 'query';
		readonly required: boolean;
		readonly description?: string;
		readonly schema: JsonSchema;
	}[];
	readonly requestBody?: {
		readonly required: true;
		readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>;
	};
	readonly responses: Readonly<Record<string, unknown>>;
	readonly security: readonly JsonSchema[];
}

export interface OpenApiDocument {
	readonly openapi: '3.1.0';
	readonly info: { readonly title: string; readonly version: string; readonly description: string };
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: {
		readonly schemas: Readonly<Record<string, JsonSchema>>;
		readonly securitySchemes: Readonly<Record<string, JsonSchema>>;
	};
}

/** The whole API as OpenAPI 3.1, from the same contract that requests are parsed by. */
export function openApiDocument(): OpenApiDocument {
	const schemas: Record<string, JsonSchema> = {};
	const paths: Record<string, Record<string, Operation>> = {};
	for (const key of Object.keys(contract) as RouteKey[]) {
		const [method = '', path = ''] = key.split(' ');
		paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(key, schemas) };
	}
	return {
		openapi: '3.1.0',
		info: {
			title: 'Lamplight',
			version: '1',
			description:
				'AWS Lambda fleets watched from outside: metrics, logs, and the cost of every execution. Times are ISO 8601 with zone, durations milliseconds, money exact decimal strings with currency, provenance and basis. Errors are problem+json (RFC 9457) and name each rejected field.',
		},
		paths,
		components: {
			schemas,
			securitySchemes: {
				session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
				token: { type: 'http', scheme: 'bearer', description: 'An API token, lampt_…' },
			},
		},
	};
}

function operationOf(key: RouteKey, schemas: Record<string, JsonSchema>): Operation {
	const route: RouteContract = contract[key];
	const problem = {
		description: 'A problem',
		content: {
			'application/problem+json': { schema: jsonSchema(problemSchema, 'output', schemas) },
		},
	};
	const status = String(route.status ?? 200);
	return {
		operationId: key.replace(/[^A-Za-z0-9]+/g, '_').replace(/_$/, ''),
		summary: route.summary,
		description: whoMay(key),
		tags: [route.tag],
		parameters: [
			...parametersOf('path', route.params, schemas),
			...parametersOf('query', route.query, schemas),
		],
		...(route.body === undefined
			? {}
			: {
					requestBody: {
						required: true as const,
						content: { 'application/json': { schema: jsonSchema(route.body, 'input', schemas) } },
					},
				}),
		responses: {
			[status]:
				route.response === null
					? { description: status === '302' ? 'Goes on elsewhere' : 'Done' }
					: {
							description: 'The answer',
							content: {
								[route.mediaType ?? 'application/json']: {
									schema: jsonSchema(route.response, 'output', schemas),
								},
							},
						},
			default: problem,
		},
		security: securityOf(key),
	};
}

function whoMay(key: RouteKey): string {
	const rule = access[key];
	switch (rule.to) {
		case 'public':
			return 'For anybody.';
		case 'signedIn':
			return 'For anybody who signed in.';
		case 'token':
			return `For API tokens with the scope ${rule.scope}.`;
		case 'members': {
			const scopes = rule.scopes ?? [];
			const tokens = scopes.length === 0 ? '' : ` API tokens: ${scopes.join(', ')}.`;
			return `For members: ${rolesWith[rule.permission].join(', ')}.${tokens}`;
		}
	}
}

function securityOf(key: RouteKey): JsonSchema[] {
	const rule = access[key];
	if (rule.to === 'public') return [];
	if (rule.to === 'token') return [{ token: [] }];
	const tokens = rule.to === 'members' && (rule.scopes ?? []).length > 0;
	return [{ session: [] }, ...(tokens ? [{ token: [] }] : [])];
}

function parametersOf(
	place: 'path' | 'query',
	object: z.ZodObject | undefined,
	schemas: Record<string, JsonSchema>,
): Operation['parameters'] {
	if (object === undefined) return [];
	return Object.entries(object.shape).map(([name, field]) => {
		const schema = jsonSchema(field as z.ZodType, 'input', schemas);
		const required = place === 'path' || !(field as z.ZodType).safeParse(undefined).success;
		return { name, in: place, required, schema };
	});
}

/** A schema as JSON Schema; named parts move to the document's components. */
function jsonSchema(
	schema: z.ZodType,
	io: 'input' | 'output',
	components: Record<string, JsonSchema>,
): JsonSchema {
	const {
		$defs,
		$schema: _,
		...own
	} = z.toJSONSchema(schema, {
		io,
		unrepresentable: 'any',
		target: 'draft-2020-12',
	}) as JsonSchema & { $defs?: Record<string, JsonSchema> };
	for (const [name, part] of Object.entries($defs ?? {})) {
		components[name] ??= withComponentRefs(part) as JsonSchema;
	}
	return withComponentRefs(own) as JsonSchema;
}

function withComponentRefs(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withComponentRefs);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name]) => name !== 'id' || typeof (value as JsonSchema)['id'] !== 'string')
			.map(([name, part]) =>
				name === '$ref' && typeof part === 'string'
					? [name, part.replace('#/$defs/', '#/components/schemas/')]
					: [name, withComponentRefs(part)],
			),
	);
}

import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';

import { contract } from './contract/contract.ts';
import { documentPage } from './documentPage.ts';
import { openApiDocument } from './openapi.ts';

const api = openApiDocument();
const text = JSON.stringify(api);

describe('the OpenAPI document', () => {
	test('is what the schema of OpenAPI 3.1 asks for', async () => {
		const validator = new Validator();
		const { valid, errors } = await validator.validate(JSON.parse(text) as Record<string, unknown>);
		expect(errors).toBeUndefined();
		expect(valid).toBe(true);
		expect(validator.version).toBe('3.1');
		const broken = { ...api, paths: { '/v1/x': { get: { responses: { 200: 'fine' } } } } };
		expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
	});

	test('has an operation for every route, each with who may call it', () => {
		const operations = Object.values(api.paths).flatMap((methods) => Object.values(methods));
		expect(operations).toHaveLength(Object.keys(contract).length);
		expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
		for (const { description } of operations) expect(description).toMatch(/^For /);
	});

	test('names every part that it refers to', () => {
		const referred = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref);
		expect(referred.length).toBeGreaterThan(50);
		for (const ref of referred) {
			expect(ref).toMatch(/^#\/components\/schemas\//);
			expect(api.components.schemas).toHaveProperty(ref.replace('#/components/schemas/', ''));
		}
	});

	test.each(['Overview', 'CostsPage'])('says what every field of %s is', (name) => {
		const undescribed: string[] = [];
		let described = 0;
		const walk = (schema: unknown, path: string) => {
			const parts = schema as {
				readonly properties?: Record<string, { readonly description?: string }>;
				readonly items?: unknown;
				readonly anyOf?: readonly unknown[];
			};
			for (const [field, part] of Object.entries(parts.properties ?? {})) {
				if ((part.description ?? '').length > 5) described += 1;
				else undescribed.push(`${path}.${field}`);
				walk(part, `${path}.${field}`);
			}
			if (parts.items !== undefined) walk(parts.items, `${path}[]`);
			for (const part of parts.anyOf ?? []) walk(part, path);
		};
		walk(api.components.schemas[name], name);
		expect(undescribed).toEqual([]);
		expect(described).toBeGreaterThan(20);
	});

	test('declares each path parameter that its template holds', () => {
		for (const [path, methods] of Object.entries(api.paths)) {
			const inTemplate = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
			for (const operation of Object.values(methods)) {
				const declared = operation.parameters
					.filter((one) => one.in === 'path')
					.map(({ name }) => name);
				expect(declared.sort()).toEqual(inTemplate);
			}
		}
	});

	test('is readable as one page that loads nothing', () => {
		const page = documentPage(api);
		expect(page).not.toMatch(/<script|<link|src=|@import|url\(/);
		expect(page).toContain('/v1/w/{ws}/overview');
	});
});

import type { ListObjectsV2CommandInput, ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';

import type { ExportObject } from '../../bill/export/bucket.ts';
import { AwsError } from '../../wire/awsError.ts';
import { pageToken, positionOf } from '../page.ts';

// ListObjectsV2 gives at most 1,000 keys a page (S3 API reference, read 2026-11).
const mostKeys = 1_000;

/** A page of keys in order, those beyond a delimiter rolled up into common prefixes. */
export function listObjects(
	input: ListObjectsV2CommandInput,
	objects: readonly ExportObject[],
): Omit<ListObjectsV2CommandOutput, '$metadata'> {
	const prefix = input.Prefix ?? '';
	const limit = Math.min(input.MaxKeys ?? mostKeys, mostKeys);
	const [after = input.StartAfter ?? ''] =
		positionOf('objects', input.ContinuationToken, badToken) ?? [];
	const entries = entriesOf(objects, prefix, input.Delimiter ?? '').filter(
		({ name }) => name > after,
	);
	const page = entries.slice(0, limit);
	const isTruncated = entries.length > page.length;
	return {
		Name: input.Bucket,
		Prefix: prefix,
		MaxKeys: limit,
		KeyCount: page.length,
		IsTruncated: isTruncated,
		...(input.Delimiter === undefined ? {} : { Delimiter: input.Delimiter }),
		Contents: page.flatMap(({ object }) => (object === null ? [] : [contentOf(object)])),
		CommonPrefixes: page.flatMap(({ name, object }) => (object === null ? [{ Prefix: name }] : [])),
		...(isTruncated
			? { NextContinuationToken: pageToken('objects', [page.at(-1)?.name ?? '']) }
			: {}),
	};
}

interface Entry {
	readonly name: string;
	/** `null` for a common prefix. */
	readonly object: ExportObject | null;
}

function entriesOf(objects: readonly ExportObject[], prefix: string, delimiter: string): Entry[] {
	const entries = new Map<string, Entry>();
	for (const object of objects) {
		if (!object.key.startsWith(prefix)) continue;
		const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
		const name = cut < 0 ? object.key : object.key.slice(0, cut + delimiter.length);
		entries.set(name, { name, object: cut < 0 ? object : null });
	}
	return [...entries.values()];
}

function contentOf(object: ExportObject) {
	return {
		Key: object.key,
		ETag: object.etag,
		Size: object.bytes.length,
		LastModified: new Date(object.lastModifiedMs),
		StorageClass: 'STANDARD' as const,
	};
}

function badToken(): AwsError {
	return new AwsError('InvalidArgument', 'The continuation token provided is incorrect', {
		status: 400,
	});
}

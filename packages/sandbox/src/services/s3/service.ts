import * as sdk from '@aws-sdk/client-s3';

import {
	exportBucket,
	exportBucketRegion,
	type ExportObject,
	exportObjects,
} from '../../bill/export/bucket.ts';
import { AwsError } from '../../wire/awsError.ts';
import { type Access, type Call, defineService, type Service } from '../../wire/service.ts';
import type { LivingWorld } from '../../world/create.ts';
import type { ServiceDeps } from '../deps.ts';
import { listObjects } from './listObjects.ts';

const bucketArn = (bucket: string | undefined) => `arn:aws:s3:::${bucket ?? ''}`;

/** S3 with one bucket: the management account's, where AWS delivers the bill. */
export function s3Service({ world }: ServiceDeps): Service {
	return defineService({
		signingName: 's3',
		iamPrefix: 's3',
		sdk,
		client: sdk.S3Client,
		operations: {
			ListObjectsV2: async (input, call) =>
				listObjects(input, await objectsIn(world, input.Bucket, call)),
			GetObject: async (input, call) => {
				const object = await objectNamed(world, input, call);
				checkMatch(input.IfMatch, object);
				const span = spanOf(input.Range, object.bytes.length);
				if (span === null) return { ...headOf(object), Body: object.bytes as never };
				const body = object.bytes.subarray(span.from, span.to + 1);
				return {
					...headOf(object),
					Body: body as never,
					ContentLength: body.length,
					ContentRange: `bytes ${span.from}-${span.to}/${object.bytes.length}`,
				};
			},
			HeadBucket: async (input, call) => {
				await objectsIn(world, input.Bucket, call);
				return { BucketRegion: exportBucketRegion };
			},
			HeadObject: async (input, call) => headOf(await objectNamed(world, input, call)),
		},
		access: {
			ListObjectsV2: (input): Access => ({
				action: 's3:ListBucket',
				resources: [bucketArn(input.Bucket)],
				conditions: { 's3:prefix': input.Prefix ?? '' },
			}),
			HeadBucket: (input): Access => ({
				action: 's3:ListBucket',
				resources: [bucketArn(input.Bucket)],
			}),
			GetObject: objectAccess,
			HeadObject: objectAccess,
		},
	});
}

function objectAccess(input: { Bucket?: string | undefined; Key?: string | undefined }): Access {
	return { action: 's3:GetObject', resources: [`${bucketArn(input.Bucket)}/${input.Key ?? ''}`] };
}

async function objectsIn(
	world: LivingWorld,
	bucket: string | undefined,
	call: Call,
): Promise<readonly ExportObject[]> {
	if (bucket !== exportBucket) {
		throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', { status: 404 });
	}
	// Its policy lets nobody in but its own account.
	if (call.accountId !== world.organization.managementAccountId) {
		throw new AwsError('AccessDenied', 'Access Denied', { status: 403 });
	}
	if (call.region !== exportBucketRegion) {
		throw new AwsError(
			'PermanentRedirect',
			'The bucket you are attempting to access must be addressed using the specified endpoint.',
			{ status: 301, headers: { 'x-amz-bucket-region': exportBucketRegion } },
		);
	}
	return exportObjects(world, call.nowMs);
}

async function objectNamed(
	world: LivingWorld,
	input: { Bucket?: string | undefined; Key?: string | undefined },
	call: Call,
): Promise<ExportObject> {
	const objects = await objectsIn(world, input.Bucket, call);
	const found = objects.find(({ key }) => key === input.Key);
	if (found !== undefined) return found;
	throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
}

function checkMatch(wanted: string | undefined, { etag }: ExportObject): void {
	if (wanted === undefined || wanted === '*' || wanted === etag) return;
	const message = 'At least one of the pre-conditions you specified did not hold';
	throw new AwsError('PreconditionFailed', message, { status: 412 });
}

function headOf(object: ExportObject) {
	return {
		AcceptRanges: 'bytes',
		ContentLength: object.bytes.length,
		ContentType: object.contentType,
		ETag: object.etag,
		LastModified: new Date(object.lastModifiedMs),
	};
}

/** The bytes of a Range header, both ends included; `null` for the whole. Throws for one beyond the end. */
function spanOf(
	range: string | undefined,
	length: number,
): { readonly from: number; readonly to: number } | null {
	const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? '');
	if (match === null) return null;
	const [, first = '', last = ''] = match;
	const from = first === '' ? Math.max(0, length - Number(last)) : Number(first);
	const to = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
	if (from >= length || to < from) {
		throw new AwsError('InvalidRange', 'The requested range is not satisfiable', { status: 416 });
	}
	return { from, to };
}

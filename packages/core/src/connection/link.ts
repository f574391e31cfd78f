import type { ExportLocation } from '../bill/exportFiles.ts';
import { invalidField } from '../errors.ts';
import { type Feature, features as everyFeature } from './connection.ts';
import { requiredFeatures } from './permissions.ts';
import { connectStackName, costExportParameters, featureParameter } from './template.ts';

export interface QuickCreateOptions {
	/** Where the stack is created; a role is global, so any region does. */
	readonly region: string;
	/** The public template object, an https URL on S3. */
	readonly templateUrl: string;
	readonly externalId: string;
	readonly features: readonly Feature[];
	readonly logGroupPatterns: readonly string[];
	readonly costExport?: ExportLocation;
	readonly stackName?: string;
}

/**
 * A link that opens CloudFormation's create page with every parameter filled in. Parameter names
 * are case-sensitive there, and unknown ones are ignored.
 */
export function quickCreateLink(options: QuickCreateOptions): string {
	const query = new URLSearchParams({
		templateURL: options.templateUrl,
		stackName: options.stackName ?? connectStackName,
		param_ExternalId: options.externalId,
		param_LogGroupPatterns: options.logGroupPatterns.join(','),
	});
	if (options.costExport !== undefined) {
		query.set(`param_${costExportParameters.bucket}`, options.costExport.bucket);
		query.set(`param_${costExportParameters.prefix}`, options.costExport.prefix);
	}
	for (const feature of everyFeature) {
		if (requiredFeatures.includes(feature)) continue;
		query.set(`param_${featureParameter(feature)}`, String(options.features.includes(feature)));
	}
	const host = `https://${options.region}.console.aws.amazon.com/cloudformation/home`;
	// The console reads its parameters after the hash and wants %20, not +, for a space.
	const text = query.toString().replaceAll('+', '%20');
	return `${host}?region=${options.region}#/stacks/quickcreate?${text}`;
}

const externalIdBytes = 20;
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** An external id of 160 random bits. The caller brings the randomness; fewer than 20 bytes throw. */
export function externalIdFrom(bytes: Uint8Array): string {
	if (bytes.length < externalIdBytes) {
		throw invalidField('bytes', `expected at least ${externalIdBytes} random bytes`, bytes.length);
	}
	return `lamplight-${base32(bytes.subarray(0, externalIdBytes))}`;
}

/** Lower-case base 32 without letters that look alike; five bits a character, last one padded. */
export function base32(bytes: Uint8Array): string {
	let text = '';
	let bits = 0;
	let held = 0;
	for (const byte of bytes) {
		held = ((held << 8) | byte) & 0xffff;
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			text += alphabet.charAt((held >> bits) & 31);
		}
	}
	return bits === 0 ? text : text + alphabet.charAt((held << (5 - bits)) & 31);
}

import * as sdk from '@aws-sdk/client-ec2';

import { AwsError } from '../../wire/awsError.ts';
import { defineService, type Service } from '../../wire/service.ts';
import { optInRegions } from '../account/regions.ts';
import type { ServiceDeps } from '../deps.ts';

/** The one EC2 call that a watcher may need: which regions an account has. */
export function ec2Service({ world }: ServiceDeps): Service {
	return defineService({
		signingName: 'ec2',
		iamPrefix: 'ec2',
		sdk,
		client: sdk.EC2Client,
		operations: {
			DescribeRegions(input) {
				const enabled = world.regions.map((name) => region(name, 'opt-in-not-required'));
				const others = optInRegions.map((name) => region(name, 'not-opted-in'));
				const names = input.RegionNames ?? [];
				const known = input.AllRegions === true ? [...enabled, ...others] : enabled;
				const unknown = names.find((name) => !known.some(({ RegionName }) => RegionName === name));
				if (unknown !== undefined) {
					throw new AwsError('InvalidParameterValue', `Invalid region provided: ${unknown}`);
				}
				const asked = known.filter(
					({ RegionName }) => names.length === 0 || names.includes(RegionName),
				);
				return { Regions: asked.filter((entry) => passes(entry, input.Filters ?? [])) };
			},
		},
	});
}

interface RegionEntry {
	readonly RegionName: string;
	readonly Endpoint: string;
	readonly OptInStatus: string;
}

function region(name: string, optInStatus: string): RegionEntry {
	return { RegionName: name, Endpoint: `ec2.${name}.amazonaws.com`, OptInStatus: optInStatus };
}

function passes(entry: RegionEntry, filters: readonly sdk.Filter[]): boolean {
	const fields: Readonly<Record<string, string>> = {
		endpoint: entry.Endpoint,
		'opt-in-status': entry.OptInStatus,
		'region-name': entry.RegionName,
	};
	return filters.every(({ Name, Values }) => {
		const value = fields[Name ?? ''];
		if (value === undefined) {
			throw new AwsError('InvalidParameterValue', `The filter '${Name ?? ''}' is invalid`);
		}
		return (Values ?? []).includes(value);
	});
}

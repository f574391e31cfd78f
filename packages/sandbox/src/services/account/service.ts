import * as sdk from '@aws-sdk/client-account';

import { AwsError } from '../../wire/awsError.ts';
import { defineService, type Service } from '../../wire/service.ts';
import type { ServiceDeps } from '../deps.ts';
import { optInRegions } from './regions.ts';

// ListRegions: MaxResults from 1 to 50; Account Management API reference, read 2026-11.
const mostResults = 50;

/** The one call of Account Management that a watcher needs: which regions an account has enabled. */
export function accountService({ world }: ServiceDeps): Service {
	return defineService({
		signingName: 'account',
		iamPrefix: 'account',
		sdk,
		client: sdk.AccountClient,
		operations: {
			ListRegions(input) {
				const { MaxResults = mostResults, NextToken = '0', RegionOptStatusContains } = input;
				const from = Number(NextToken);
				if (MaxResults < 1 || MaxResults > mostResults || !Number.isInteger(from)) {
					throw new AwsError('ValidationException', 'MaxResults or NextToken is not valid.');
				}
				const all = [
					...world.regions.map((name) => state(name, 'ENABLED_BY_DEFAULT')),
					...optInRegions.map((name) => state(name, 'DISABLED')),
				];
				const asked = all.filter(
					({ RegionOptStatus }) => RegionOptStatusContains?.includes(RegionOptStatus) ?? true,
				);
				const to = from + MaxResults;
				return {
					Regions: asked.slice(from, to),
					...(to < asked.length ? { NextToken: String(to) } : {}),
				};
			},
		},
	});
}

function state(RegionName: string, RegionOptStatus: sdk.RegionOptStatus) {
	return { RegionName, RegionOptStatus };
}

import type { Sts } from '../iam/sts.ts';
import type { ServiceSource } from '../wire/dispatch.ts';
import type { LivingWorld } from '../world/create.ts';
import { cloudwatchService } from './cloudwatch/service.ts';
import { lambdaService } from './lambda/service.ts';
import { logsService } from './logs/service.ts';
import { stsService } from './sts/service.ts';
import { taggingService } from './tagging/service.ts';

/** Every simulated service by the name in its signatures' scope. */
export function allServices(deps: {
	readonly world: LivingWorld;
	readonly sts: Sts;
}): ServiceSource[] {
	return [
		{ signingName: 'sts', load: () => stsService(deps.sts) },
		{ signingName: 'lambda', load: () => lambdaService(deps) },
		{ signingName: 'monitoring', load: () => cloudwatchService(deps) },
		{ signingName: 'logs', load: () => logsService(deps) },
		{ signingName: 'tagging', load: () => taggingService(deps) },
		{
			signingName: 'ce',
			load: async () => (await import('./costExplorer/service.ts')).costExplorerService(deps),
		},
		{
			signingName: 'organizations',
			load: async () => (await import('./organizations/service.ts')).organizationsService(deps),
		},
		{
			signingName: 'cloudtrail',
			load: async () => (await import('./cloudtrail/service.ts')).cloudtrailService(deps),
		},
		{
			signingName: 'account',
			load: async () => (await import('./account/service.ts')).accountService(deps),
		},
		{
			signingName: 's3',
			load: async () => (await import('./s3/service.ts')).s3Service(deps),
		},
		{
			signingName: 'ec2',
			// Its client's schemas take 70 MB: loaded when somebody asks for regions.
			load: async () => (await import('./ec2/service.ts')).ec2Service(deps),
		},
	];
}

import { collectorRoleName, ensureDemoConnections } from './demoConnections.ts';
import type { StartOptions } from './options.ts';
import type { Source } from './source.ts';
import { type WorldCredentials, worldControl } from './world.ts';

const region = 'us-east-1';

/** The simulated AWS with its organisation of twelve accounts. */
export function simulatedSource({
	seed,
	functions,
	replay,
	at,
}: Pick<StartOptions, 'seed' | 'functions' | 'replay' | 'at'>): Source {
	return {
		workspaceName: 'Meridian (simulated)',
		simulated: true,
		about: 'the embedded database and the simulated AWS',
		async start(parts) {
			const { endpoint } = await parts.sandbox({
				seed,
				functions,
				...(replay === null ? {} : { replay }),
				...(at === undefined ? {} : { nowMs: at }),
			});
			const world = worldControl(endpoint);
			const facts = await world.facts();
			const collector = await world.credentials(facts.hubAccountId, collectorRoleName);
			const person = await world.credentials(facts.organization.managementAccountId);
			const place = { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint };
			return {
				environment: { ...variables(collector), ...place },
				worldClockUrl: `${endpoint}/_sandbox/clock`,
				awsProfile: null,
				trustedAccountId: facts.hubAccountId,
				trustedRoleNames: [collectorRoleName],
				ensureConnections: (store, nowMs) => ensureDemoConnections({ store, world, facts, nowMs }),
				sandboxEndpoint: endpoint,
				awsEnvironment: { ...variables(person), ...place },
			};
		},
	};
}

function variables(credentials: WorldCredentials): Record<string, string> {
	const { accessKeyId, secretAccessKey, sessionToken } = credentials;
	return {
		AWS_ACCESS_KEY_ID: accessKeyId,
		AWS_SECRET_ACCESS_KEY: secretAccessKey,
		...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
	};
}

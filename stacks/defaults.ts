/** The trust policy of every function's role: Lambda alone, not the whole account as SST would have it. */
const lambdaOnly = () => aws.iam.assumeRolePolicyForPrincipal({ Service: 'lambda.amazonaws.com' });

/**
 * Sets what every function of ours shares: runtime, arm64, bounded log retention, a trust policy
 * that names Lambda only. Links are not used, since a link grants `dynamodb:*` and the like;
 * each function states its permissions.
 */
export function defaults(): void {
	$transform(sst.aws.Function, (args) => {
		args.runtime ??= 'nodejs24.x';
		args.architecture ??= 'arm64';
		args.logging ??= { retention: '1 month', format: 'json' };
		if ($dev) return;
		const inner = args.transform?.role;
		args.transform = {
			...args.transform,
			role: (role, options, name) => {
				role.assumeRolePolicy = lambdaOnly();
				if (typeof inner === 'function') return inner(role, options, name);
				Object.assign(role, inner);
				return undefined;
			},
		};
	});
}

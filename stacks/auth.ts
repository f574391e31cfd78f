interface AuthOptions {
	readonly origin: $util.Output<string>;
}

/**
 * Cognito with its managed login. The API is the confidential client that exchanges the code (PKCE),
 * so no token but a short access token ever reaches the browser.
 */
export function auth({ origin }: AuthOptions) {
	const pool = new sst.aws.CognitoUserPool('Users', {
		usernames: ['email'],
		mfa: 'optional',
		softwareToken: true,
	});
	const client = new aws.cognito.UserPoolClient('ApiClient', {
		name: `lamplight-${$app.stage}-api`,
		userPoolId: pool.id,
		generateSecret: true,
		allowedOauthFlowsUserPoolClient: true,
		allowedOauthFlows: ['code'],
		allowedOauthScopes: ['openid', 'email', 'profile'],
		callbackUrls: [$interpolate`${origin}/v1/session/callback`],
		logoutUrls: [$interpolate`${origin}/`],
		supportedIdentityProviders: ['COGNITO'],
		explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
		preventUserExistenceErrors: 'ENABLED',
		enableTokenRevocation: true,
		accessTokenValidity: 15,
		idTokenValidity: 15,
		refreshTokenValidity: 30,
		tokenValidityUnits: { accessToken: 'minutes', idToken: 'minutes', refreshToken: 'days' },
		refreshTokenRotation: { feature: 'ENABLED', retryGracePeriodSeconds: 10 },
	});
	const domain = new aws.cognito.UserPoolDomain('LoginDomain', {
		domain: $interpolate`lamplight-${$app.stage}-${aws.getCallerIdentityOutput().accountId}`,
		userPoolId: pool.id,
		managedLoginVersion: 2,
	});
	const region = aws.getRegionOutput().region;
	const issuer = $interpolate`https://cognito-idp.${region}.amazonaws.com/${pool.id}`;
	return { pool, client, domain, issuer };
}

export type Identity = ReturnType<typeof auth>;

/** What AWS would answer: outputs that the platform reads of resources, and its data-source calls. */

const accountId = '123456789012';
const region = 'eu-west-1';

const outputsByType = {
	'aws:lambda/functionUrl:FunctionUrl': ({ name }) => ({
		functionUrl: `https://${name.toLowerCase()}.lambda-url.${region}.on.aws/`,
	}),
	'aws:lambda/function:Function': ({ name }) => ({
		arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
		qualifiedArn: `arn:aws:lambda:${region}:${accountId}:function:${name}:1`,
		invokeArn: `arn:aws:apigateway:${region}:lambda:path/functions/${name}/invocations`,
	}),
	'random:index/randomBytes:RandomBytes': () => ({
		base64: Buffer.alloc(32, 7).toString('base64'),
		hex: Buffer.alloc(32, 7).toString('hex'),
	}),
	'random:index/randomPassword:RandomPassword': () => ({ result: 'mock-origin-secret' }),
	'aws:cognito/userPool:UserPool': ({ name }) => ({
		endpoint: `cognito-idp.${region}.amazonaws.com/${name}`,
	}),
	'aws:cognito/userPoolClient:UserPoolClient': () => ({ clientSecret: 'mock-client-secret' }),
	'aws:s3/bucket:Bucket': ({ name }) => ({
		bucket: name.toLowerCase(),
		bucketDomainName: `${name.toLowerCase()}.s3.amazonaws.com`,
		bucketRegionalDomainName: `${name.toLowerCase()}.s3.${region}.amazonaws.com`,
		region,
	}),
	'aws:cloudfront/distribution:Distribution': () => ({
		domainName: 'd111111abcdef8.cloudfront.net',
		hostedZoneId: 'Z2FDTNDATAQYW2',
	}),
	'aws:sqs/queue:Queue': ({ name }) => ({
		url: `https://sqs.${region}.amazonaws.com/${accountId}/${name}`,
		arn: `arn:aws:sqs:${region}:${accountId}:${name}`,
	}),
};

/** The outputs of a resource that the platform goes on to use; `{}` for all others. */
export function mockOutputs(args) {
	return outputsByType[args.type]?.(args) ?? {};
}

/** A real policy document from the statements that the platform hands over. */
function policyDocument({ statements = [] }) {
	const json = JSON.stringify({
		Version: '2012-10-17',
		Statement: statements.map((statement) => ({
			Effect: statement.effect ?? 'Allow',
			Action: statement.actions,
			Resource: statement.resources,
			Principal: statement.principals?.length
				? Object.fromEntries(statement.principals.map((p) => [p.type, p.identifiers]))
				: undefined,
			Condition: statement.conditions?.length
				? Object.fromEntries(statement.conditions.map((c) => [c.test, { [c.variable]: c.values }]))
				: undefined,
		})),
	});
	return { json, minifiedJson: json, statements };
}

/** The answer to a data-source call. An unknown one answers its own arguments. */
export function mockCall({ token, inputs }) {
	switch (token) {
		case 'aws:index/getRegion:getRegion':
			return { region, name: region, id: region };
		case 'aws:index/getPartition:getPartition':
			return { partition: 'aws', dnsSuffix: 'amazonaws.com' };
		case 'aws:index/getCallerIdentity:getCallerIdentity':
			return { accountId, arn: `arn:aws:iam::${accountId}:user/synth`, userId: 'synth' };
		case 'aws:iam/getPolicyDocument:getPolicyDocument':
			return policyDocument(inputs);
		default:
			return inputs;
	}
}

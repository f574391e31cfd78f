/** The one table, and the bucket that finished exports are fetched from. */
export function storage() {
	const table = new sst.aws.Dynamo('Main', {
		fields: { pk: 'string', sk: 'string' },
		primaryIndex: { hashKey: 'pk', rangeKey: 'sk' },
		ttl: 'expiresAt',
		deletionProtection: $app.stage === 'production',
	});
	// Private: its files are fetched by links that the API signs. They go when their records do.
	const exportsBucket = new sst.aws.Bucket('Exports', {
		lifecycle: [{ expiresIn: '7 days' }],
		transform: {
			lifecycle: (args) => {
				// Parts of a file that never came together are no object that could expire.
				args.rules = $resolve([args.rules ?? []]).apply(([rules]) => [
					...rules,
					{
						id: 'unfinished-uploads',
						status: 'Enabled',
						filter: {},
						abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
					},
				]);
			},
		},
	});
	return { table, exportsBucket };
}

export type Storage = ReturnType<typeof storage>;

/** What reading and writing the table takes; nobody but an operator may scan or delete it. */
export function tablePermissions(table: Storage['table']) {
	return [
		{
			actions: [
				'dynamodb:GetItem',
				'dynamodb:BatchGetItem',
				'dynamodb:Query',
				'dynamodb:PutItem',
				'dynamodb:UpdateItem',
				'dynamodb:DeleteItem',
				'dynamodb:BatchWriteItem',
				'dynamodb:DescribeTable',
			],
			resources: [table.arn],
		},
	];
}

/** The one table, and the bucket that finished exports are fetched from. */
export function storage() {
	const table = new sst.aws.Dynamo('Main', {
		fields: { pk: 'string', sk: 'string' },
		primaryIndex: { hashKey: 'pk', rangeKey: 'sk' },
		ttl: 'expiresAt',
		deletionProtection: $app.stage === 'production',
	});
	const exportsBucket = new sst.aws.Bucket('Exports', {
		lifecycle: [{ expiresIn: '7 days' }],
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

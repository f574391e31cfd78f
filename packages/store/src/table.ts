import {
	CreateTableCommand,
	DescribeTableCommand,
	type DynamoDBClient,
	ResourceInUseException,
	ResourceNotFoundException,
	UpdateTimeToLiveCommand,
	waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';

/** The attributes that make the table: everything else is the entities' own. */
export const tableKeys = { partition: 'pk', sort: 'sk', expiry: 'expiresAt' } as const;

const createWaitSeconds = 120;

/** Makes the table where it does not exist yet, as the stacks declare it in AWS. Safe to call again. */
export async function ensureTable(client: DynamoDBClient, tableName: string): Promise<void> {
	if (await exists(client, tableName)) return;
	try {
		await client.send(
			new CreateTableCommand({
				TableName: tableName,
				BillingMode: 'PAY_PER_REQUEST',
				KeySchema: [
					{ AttributeName: tableKeys.partition, KeyType: 'HASH' },
					{ AttributeName: tableKeys.sort, KeyType: 'RANGE' },
				],
				AttributeDefinitions: [
					{ AttributeName: tableKeys.partition, AttributeType: 'S' },
					{ AttributeName: tableKeys.sort, AttributeType: 'S' },
				],
			}),
		);
	} catch (error) {
		// Another start was quicker; its table is the same.
		if (!(error instanceof ResourceInUseException)) throw error;
	}
	await waitUntilTableExists(
		{ client, maxWaitTime: createWaitSeconds, minDelay: 1, maxDelay: 2 },
		{ TableName: tableName },
	);
	await client.send(
		new UpdateTimeToLiveCommand({
			TableName: tableName,
			TimeToLiveSpecification: { AttributeName: tableKeys.expiry, Enabled: true },
		}),
	);
}

async function exists(client: DynamoDBClient, tableName: string): Promise<boolean> {
	try {
		const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
		return Table?.TableStatus === 'ACTIVE';
	} catch (error) {
		if (error instanceof ResourceNotFoundException) return false;
		throw error;
	}
}

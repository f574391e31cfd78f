import type { Work } from './jobs.ts';

interface AlarmsOptions {
	readonly deadLetters: Work['deadLetters'];
}

/** The one alarm that must never be missed: work that failed five times. */
export function alarms({ deadLetters }: AlarmsOptions) {
	const topic = new sst.aws.SnsTopic('OperatorAlarms');
	new aws.cloudwatch.MetricAlarm('CollectDeadLettersAlarm', {
		name: `lamplight-${$app.stage}-collect-dead-letters`,
		namespace: 'AWS/SQS',
		metricName: 'ApproximateNumberOfMessagesVisible',
		dimensions: { QueueName: deadLetters.nodes.queue.name },
		statistic: 'Maximum',
		period: 300,
		evaluationPeriods: 1,
		threshold: 0,
		comparisonOperator: 'GreaterThanThreshold',
		treatMissingData: 'notBreaching',
		alarmActions: [topic.arn],
	});
	return { topic };
}

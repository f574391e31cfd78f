import type { MonthVersion } from '../statement.ts';
import type { BillItem } from './items.ts';

const codes: Readonly<Record<string, string>> = {
	'AWS Lambda': 'AWSLambda',
	AmazonCloudWatch: 'AmazonCloudWatch',
	'Savings Plans for AWS Compute usage': 'ComputeSavingsPlans',
};

/** AWS's product code of a service as Cost Explorer names it. */
export function productCode(service: string): string {
	const code = codes[service];
	if (code === undefined) throw new RangeError(`bill: no product code for ${service}`);
	return code;
}

/** The one plan that the organisation has. */
export function savingsPlanArn(payerId: string): string {
	return `arn:aws:savingsplans::${payerId}:savingsplan/5f2c1e0a-8b47-4c39-9d1e-2a7f60c4b813`;
}

/** Empty until the month is final; what was corrected afterwards has an invoice of its own. */
export function invoiceOf(item: BillItem, { monthMs, isFinal }: MonthVersion): string {
	if (!isFinal) return '';
	const month = new Date(monthMs).toISOString().slice(2, 7).replace('-', '');
	return item.recordType === 'Refund' ? `EUCNGB${month}-204` : `EUINGB${month}-117`;
}

/** What the bill's line says to people. */
export function kindName(item: BillItem): string {
	const { recordType, usageType, service, region } = item;
	switch (recordType) {
		case 'Tax':
			return `VAT for ${service}`;
		case 'Credit':
			return 'Promotional credit';
		case 'Refund':
			return `Refund for ${service}`;
		case 'SavingsPlanRecurringFee':
			return '1 year No Upfront Compute Savings Plan';
		case 'SavingsPlanNegation':
			return `SavingsPlanNegation used by ${service}`;
		default:
			return `${service}: ${usageType ?? ''} in ${region ?? ''}`;
	}
}

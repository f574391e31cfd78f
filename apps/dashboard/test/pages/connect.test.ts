import { expect, it } from 'vitest';

import { visits } from './visit.ts';

const tab = visits();

it('prices what is ticked, and says at each tick what it changes', async () => {
	await tab.open('/connections/new');
	const price = tab.page.getByRole('region', { name: 'What watching costs' });
	await price.getByText('$2.10', { exact: true }).waitFor();
	const tick = (name: RegExp) => tab.page.getByRole('checkbox', { name });
	const bill = tick(/^The bill.*adds \$2\.25 a month/);
	expect(await bill.isChecked()).toBe(false);
	await tick(/^Executions and log lines.*saves \$6\.50 a month/).waitFor();
	await tick(/^Who deployed.*adds nothing/).waitFor();
	await tick(/^Logs Insights.*its price before it runs/).waitFor();
	await bill.check();
	await price.getByText('$4.35', { exact: true }).waitFor();
	await bill.uncheck();
	await price.getByText('$2.10', { exact: true }).waitFor();
});

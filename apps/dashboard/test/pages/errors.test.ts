import { expect, it } from 'vitest';

import { visits } from './visit.ts';

const tab = visits();

it('resolves several issues at once, and undoing puts each back', async () => {
	await tab.open('/errors');
	await tab.page.getByRole('checkbox', { name: 'Choose all' }).check();
	await tab.page.getByText('2 chosen').waitFor();
	await tab.page.getByRole('button', { name: 'Resolve', exact: true }).click();
	await tab.page.getByText('2 issues resolved').waitFor();
	await tab.page.getByRole('main').getByText('Resolved', { exact: true }).first().waitFor();
	await tab.page.getByRole('button', { name: 'Undo' }).click();
	await tab.page
		.getByRole('main')
		.getByText('Resolved', { exact: true })
		.first()
		.waitFor({ state: 'detached' });
	const changes = tab.api.calls().filter((one) => one.startsWith('PATCH'));
	expect(changes).toHaveLength(2);
	expect(await tab.page.getByText('2 chosen').count()).toBe(0);
});

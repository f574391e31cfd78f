import { expect, it } from 'vitest';

import { visits } from './visit.ts';

const tab = visits();
const { open, heading } = tab;
const settingsKey = 'PATCH /v1/w/{ws}';

const appTag = 'Tag that groups functions into apps';
const stageTag = "Tag that names such an app's stage";

it('a tag that groups functions into apps is kept, and its stage only beside it', async () => {
	await open('/settings');
	await heading('Settings');
	const save = tab.page.getByRole('button', { name: 'Save settings' });
	await save.waitFor();
	expect(await save.isDisabled()).toBe(true);
	expect(await tab.page.getByLabel(stageTag).isDisabled()).toBe(true);
	expect(await tab.page.getByLabel("Tag that names a function's owner").inputValue()).toBe('team');

	await tab.page.getByLabel(appTag).fill(' service ');
	await tab.page.getByLabel(stageTag).fill('env');
	await save.click();
	await tab.page.getByText('Settings saved').waitFor();
	expect(tab.api.calls().filter((one) => one.startsWith('PATCH'))).toHaveLength(1);

	await tab.page.reload();
	await heading('Settings');
	await expect.poll(() => tab.page.getByLabel(appTag).inputValue()).toBe('service');
	expect(await tab.page.getByLabel(stageTag).inputValue()).toBe('env');
});

it('what the server has against a tag is said at its field, and what was typed stays', async () => {
	tab.api.fail(settingsKey, 400, {
		code: 'invalid_input',
		detail: 'appTagKey: expected a key without spaces',
		fields: [{ path: 'body.appTagKey', message: 'expected a key without spaces' }],
	});
	await open('/settings');
	const field = tab.page.getByLabel(appTag);
	await field.fill('two words');
	await tab.page.getByRole('button', { name: 'Save settings' }).click();
	await tab.page.getByRole('alert').getByText('expected a key without spaces').waitFor();
	expect(await field.getAttribute('aria-invalid')).toBe('true');
	expect(await field.inputValue()).toBe('two words');
	tab.api.heal();
	await tab.page.getByRole('button', { name: 'Save settings' }).click();
	await tab.page.getByText('Settings saved').waitFor();
	expect(await tab.page.getByRole('alert').count()).toBe(0);
});

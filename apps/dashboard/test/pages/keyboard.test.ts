import type { Locator } from 'playwright';
import { describe, expect, it } from 'vitest';

import { plain } from '../../src/lib/format/number.ts';
import { fleet } from '../fakeApi/fleet.ts';
import { visits } from './visit.ts';

const tab = visits();
const { open, heading } = tab;

const hasFocus = (one: Locator) =>
	one.evaluate((element) => element === element.ownerDocument.activeElement);
const press = (key: string) => tab.page.keyboard.press(key);

/** The ring that shows where the keyboard is. */
const ring = (one: Locator) =>
	one.evaluate((element) => {
		const view = element.ownerDocument.defaultView;
		const style = view?.getComputedStyle(element);
		return `${style?.outlineStyle ?? ''} ${style?.outlineWidth ?? ''}`;
	});

async function ready(): Promise<void> {
	await open('');
	await heading('Overview');
	await tab.page.getByRole('heading', { name: 'Invocations and errors' }).waitFor();
}

describe('by keyboard alone', () => {
	it('the first stop leads past the navigation, and shows where it is', async () => {
		await ready();
		await press('Tab');
		const skip = tab.page.getByRole('link', { name: 'Skip to content' });
		expect(await hasFocus(skip)).toBe(true);
		expect(await ring(skip)).toMatch(/^solid 2px/);
		await press('Enter');
		await expect.poll(() => hasFocus(tab.page.locator('main'))).toBe(true);
	});

	it('the menu of workspaces opens, is walked through, and gives the focus back', async () => {
		await ready();
		const button = () => tab.page.getByRole('button', { name: /^Workspace / });
		await button().focus();
		expect(await button().getAttribute('aria-expanded')).toBe('false');
		await press('ArrowDown');
		await tab.page.getByRole('menuitem', { name: 'Settings' }).waitFor();
		await press('End');
		await expect
			.poll(() => hasFocus(tab.page.getByRole('menuitem', { name: 'Sign out' })))
			.toBe(true);
		await press('Escape');
		await expect.poll(() => hasFocus(button())).toBe(true);
		await press('Enter');
		await tab.page.getByRole('menuitem', { name: 'Settings' }).waitFor();
	});

	it('a range is typed, and what cannot be read is said where it was typed', async () => {
		await ready();
		const button = () => tab.page.getByRole('button', { name: /^Time range/ });
		await button().focus();
		await press('Enter');
		const field = tab.page.getByLabel('Type a range');
		await expect.poll(() => hasFocus(field)).toBe(true);
		await tab.page.keyboard.type('soon');
		await press('Enter');
		await tab.page.getByRole('alert').waitFor();
		expect(await field.getAttribute('aria-invalid')).toBe('true');
		await press('Escape');
		await expect.poll(() => hasFocus(button())).toBe(true);
		await press('Enter');
		await field.fill('3h');
		await press('Enter');
		await tab.page.waitForURL(/from=now-3h/);
		await expect.poll(() => hasFocus(button())).toBe(true);
	});

	it('the palette and the sheet of keys give the focus back to where it was', async () => {
		await ready();
		const link = tab.page.getByRole('navigation', { name: 'Main' }).getByTitle('Costs');
		await link.focus();
		for (const [key, name] of [
			['Control+k', 'Find'],
			['?', 'Keyboard'],
		] as const) {
			await press(key);
			await tab.page
				.getByRole('dialog')
				.getByText(name)
				.or(tab.page.getByRole('combobox', { name }))
				.first()
				.waitFor();
			await press('Escape');
			await tab.page.getByRole('dialog').waitFor({ state: 'detached' });
			await expect.poll(() => hasFocus(link), { message: name }).toBe(true);
		}
	});

	it('a chart is read step by step, and its table stands behind one button', async () => {
		await ready();
		const plot = tab.page.getByRole('application').first();
		await plot.focus();
		expect(await ring(plot)).toMatch(/^solid/);
		const legend = tab.page.locator('.legend').first();
		const before = await legend.innerText();
		await press('ArrowLeft');
		await expect.poll(() => legend.innerText()).not.toBe(before);
		await tab.page.getByRole('button', { name: 'Invocations and errors as a table' }).focus();
		await press('Enter');
		await tab.page.getByRole('table', { name: 'Invocations and errors' }).waitFor();
	});

	it('a span and durations are chosen in the heatmap, as by dragging, and what is chosen is said', async () => {
		await open(`/functions/${encodeURIComponent(fleet[0]?.id ?? '')}`);
		const plot = tab.page.getByRole('application', { name: /executions by time and duration/ });
		await plot.focus();
		expect(await ring(plot)).toMatch(/^solid/);
		const said = tab.page.getByRole('status').filter({ hasText: /^\d\d:\d\d/ });
		const text = async () => plain(await said.innerText());
		await press('ArrowRight');
		const first = await text();
		expect(first).toMatch(/^\d\d:\d\d, 64 ms to 256 ms: \d+ executions?$/);
		await press('ArrowUp');
		await expect.poll(text).toMatch(/^\d\d:\d\d, 256 ms to 1,024 ms/);

		// What is begun is dropped first, then the cell.
		await press('Enter');
		await expect.poll(text).toMatch(/ to .* chosen\. Enter lists them\.$/);
		await press('Escape');
		await expect.poll(text).toMatch(/executions?$/);
		await press('Escape');
		await expect.poll(() => said.count()).toBe(0);

		await press('ArrowLeft');
		await expect.poll(text).toBe(first);
		await press('Space');
		await press('ArrowLeft');
		await press('ArrowDown');
		await expect.poll(text).toMatch(/16 ms to 256 ms: \d+ executions chosen/);
		await press('Space');
		await tab.page.waitForURL(/\/invocations\?/);
		const { searchParams: asked } = new URL(tab.page.url());
		expect([asked.get('minMs'), asked.get('maxMs')]).toEqual(['16', '256']);
		const [fromMs = 0, toMs = 0] = ['from', 'to'].map((name) => Date.parse(asked.get(name) ?? ''));
		const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16);
		// Two columns: that of the first cell is the later one.
		expect(clock((fromMs + toMs) / 2)).toBe(first.slice(0, 5));
	});
});

it('nothing moves for those who asked for stillness', async () => {
	await ready();
	await press('?');
	const sheet = tab.page.getByRole('dialog');
	await sheet.waitFor();
	const moving = await tab.page.evaluate(
		'document.getAnimations().filter((one) => Number(one.effect?.getComputedTiming().duration) > 1).length',
	);
	expect(moving).toBe(0);
});

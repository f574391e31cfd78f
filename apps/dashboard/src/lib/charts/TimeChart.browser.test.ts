import { mount, unmount } from 'svelte';
import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import '../../styles/app.css';

import { cursor } from '../state/cursor.svelte.ts';
import type { DrawnSeries, TimeAxis } from './model.ts';
import TimeChart from './TimeChart.svelte';

const fromMs = Date.parse('2026-11-23T10:00:00Z');
const stepMs = 60_000;
const axis: TimeAxis = { fromMs, toMs: fromMs + 60 * stepMs, stepMs, count: 60 };
const bars: DrawnSeries = {
	id: 'ok',
	label: 'ok',
	color: '--s1',
	kind: 'bar',
	values: Array.from({ length: 60 }, (_, index) => (index < 20 || index >= 30 ? 50 : null)),
};

let mounted: Record<string, unknown> | undefined;

function shown(more: object = {}): void {
	mounted = mount(TimeChart, {
		target: document.body,
		props: {
			axis,
			series: [bars],
			summary: 'Fifty a minute.',
			tick: (value: number) => String(value),
			zone: 'UTC',
			height: 160,
			...more,
		},
	});
}

/** Whether anything is drawn in a column of the canvas. */
function drawnAt(share: number): boolean {
	const canvas = document.querySelector('canvas');
	const context = canvas?.getContext('2d');
	if (!canvas || !context) throw new Error('there is no canvas');
	const { data } = context.getImageData(Math.floor(canvas.width * share), 0, 1, canvas.height);
	return data.some((value, index) => index % 4 === 3 && value > 0);
}

beforeEach(async () => {
	cursor.atMs = null;
	await page.viewport(900, 500);
});
afterEach(async () => {
	if (mounted !== undefined) await unmount(mounted);
	mounted = undefined;
});

it('draws what is known and leaves a gap where nothing is', async () => {
	shown();
	await expect.poll(() => drawnAt(6.5 / 60)).toBe(true);
	expect(drawnAt(25.5 / 60)).toBe(false);
	expect(drawnAt(48.5 / 60)).toBe(true);
});

it('moves the shared crosshair by keyboard, and says the time', async () => {
	shown();
	const plot = page.getByRole('application', { name: /Fifty a minute/ });
	(plot.element() as HTMLElement).focus();
	await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
	expect(cursor.atMs).toBe(fromMs + 58.5 * stepMs);
	await expect.element(page.getByText('10:58')).toBeVisible();
	await userEvent.keyboard('{Escape}');
	expect(cursor.atMs).toBeNull();
});

it('chooses a span with shift and zooms to whole steps with Enter', async () => {
	const onzoom = vi.fn();
	shown({ onzoom });
	(page.getByRole('application').element() as HTMLElement).focus();
	await userEvent.keyboard('{ArrowLeft}{Shift>}{PageUp}{/Shift}{Enter}');
	expect(onzoom).toHaveBeenCalledOnce();
	const [range] = onzoom.mock.calls[0] as [{ fromMs: number; toMs: number }];
	expect((range.toMs - range.fromMs) / stepMs).toBeCloseTo(10, 0);
	expect((range.fromMs - fromMs) % stepMs).toBe(0);
});

it('draws a limit that is near and marks deploys as one where they would cover each other', async () => {
	shown({
		limits: [
			{ value: 60, label: 'reserved 60' },
			{ value: 5_000, label: 'account limit' },
		],
		deploys: [
			{ id: 'a', atMs: fromMs + 20 * stepMs, label: 'v41' },
			{ id: 'b', atMs: fromMs + 20.5 * stepMs, label: 'v42' },
			{ id: 'c', atMs: fromMs + 50 * stepMs, label: 'v43' },
		],
	});
	await expect.element(page.getByText('reserved 60')).toBeVisible();
	expect(page.getByText('account limit').elements()).toHaveLength(0);
	await expect.element(page.getByText('2 deploys')).toBeVisible();
	await expect.element(page.getByText('v43')).toBeVisible();
});

it('says over an empty plot why nothing is there', async () => {
	shown({ series: [{ ...bars, values: bars.values.map(() => null) }], note: 'Nothing is known.' });
	await expect.element(page.getByText('Nothing is known.')).toBeVisible();
	expect(drawnAt(6.5 / 60)).toBe(false);
});

import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';

import { ApiProblem } from '../api/problem.ts';
import ProblemState from './ProblemState.svelte';

it('says what could not be read, and tries again when asked', async () => {
	const retry = vi.fn();
	const error = new ApiProblem(500, {
		detail: 'The store did not answer.',
		requestId: '5f2291aa-1',
	});
	render(ProblemState, { error, what: 'durations', retry });
	expect(screen.getByRole('alert').textContent).toContain('Could not read durations');
	expect(screen.getByRole('alert').textContent).toContain('The store did not answer.');
	await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
	expect(retry).toHaveBeenCalledOnce();
	expect(screen.getByRole('button', { name: 'Copy report, ref 5f2291aa' })).toBeTruthy();
});

it('offers no retry for a refusal', () => {
	const error = new ApiProblem(403, { detail: 'Your role does not open this.' });
	render(ProblemState, { error, what: 'members', retry: vi.fn() });
	expect(screen.queryByRole('button', { name: /Try/ })).toBeNull();
});

it('takes anything thrown for a server that cannot be reached', () => {
	render(ProblemState, { error: new TypeError('fetch failed'), what: 'costs', retry: vi.fn() });
	expect(screen.getByRole('alert').textContent).toContain('The server cannot be reached.');
});

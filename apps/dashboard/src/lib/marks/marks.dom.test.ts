import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';

import Badge from './Badge.svelte';
import CompletenessMark from './CompletenessMark.svelte';
import ProvenanceMark from './ProvenanceMark.svelte';

describe('marks', () => {
	it.each(['estimated', 'sampled', 'measured', 'allocated', 'billed', 'mixed'] as const)(
		'a circle says that money is %s',
		(provenance) => {
			render(ProvenanceMark, { provenance });
			expect(
				screen.getByRole('img', { name: provenance }).querySelector('title')?.textContent,
			).toMatch(new RegExp(`^${provenance}: `));
		},
	);

	it.each(['complete', 'provisional', 'partial', 'missing'] as const)(
		'a square says that data is %s',
		(state) => {
			render(CompletenessMark, { state });
			expect(screen.getByRole('img', { name: state })).toBeTruthy();
		},
	);

	it('are silent beside their own word', () => {
		render(Badge, { provenance: 'measured' });
		expect(screen.getByText('measured')).toBeTruthy();
		expect(screen.queryByRole('img')).toBeNull();
	});
});

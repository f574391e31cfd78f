import { permissionsFor } from '@lamplight/core/connection/permissions';
import { describe, expect, it } from 'vitest';

import { askConsent, consentText } from './consent.ts';
import { parseRegions, profileFeatures } from './profileSource.ts';

describe('what is said before the first call with a person’s own keys', () => {
	const text = consentText({ profile: 'work', budgetUsdPerMonth: 7.5 });

	it('names every call that will be made', () => {
		for (const { action } of permissionsFor(profileFeatures)) expect(text).toContain(action);
		expect(text).toContain('sts:GetCallerIdentity');
	});

	it('says the price and the cap', () => {
		expect(text).toMatch(/\$\d+\.\d\d {2}in all/);
		expect(text).toContain('The cap is $7.50 a month');
	});

	it('is no consent where nobody can answer', async () => {
		const asked = askConsent({ profile: 'work', budgetUsdPerMonth: 5, yes: false });
		await expect(asked).rejects.toThrow('add --yes to agree');
	});
});

describe('the regions of a profile', () => {
	it('are all enabled ones unless named', () => {
		expect(parseRegions(undefined)).toEqual([]);
		expect(parseRegions('eu-west-1, us-east-1')).toEqual(['eu-west-1', 'us-east-1']);
	});

	it('are refused by name when they are none', () => {
		expect(() => parseRegions('eu-west-1,mars')).toThrow(
			'--region: expected codes such as eu-west-1',
		);
	});
});

import { appOf } from '../apps.ts';
import type { Draft } from '../draft.ts';
import type { AppMembership } from '../functionConfiguration.ts';
import { data, identity, payments } from './backOffice.ts';
import { catalogue } from './catalogue.ts';
import type { AccountIds, Home } from './home.ts';
import { shopCounter, shopServices } from './storefront.ts';
import { edge, fulfilment, web } from './web.ts';

/** The functions that the stories are about, and one of every kind that a reader should meet. */
export function cast(accounts: AccountIds): Draft[] {
	const shop = (app: AppMembership | null, region = 'eu-west-1'): Home => ({
		accountId: accounts('shop-production'),
		region,
		app,
		team: 'storefront',
		costCenter: 'CC-1100',
	});
	return [
		...shopCounter(shop(appOf('sst', 'storefront', 'production'))),
		...shopServices(shop(appOf('sst', 'storefront', 'production'))),
		...catalogue(shop(appOf('cdk', 'catalogue', 'production'))),
		...payments(accounts('payments-production')),
		...data(accounts('data-production')),
		...identity(accounts('identity-production')),
		...web(accounts('marketing-web')),
		...edge(accounts('shop-production')),
		...fulfilment(shop(appOf('serverless', 'fulfilment', 'production'))),
	];
}

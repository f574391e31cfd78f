import { organizationOf } from './accounts.ts';
import type { OrganizationAccounts, WorldAccount } from './world.ts';

const day = 86_400_000;
/** 3 February 2025: when it was made. */
const founded = Date.UTC(2025, 1, 3);

const names: readonly (readonly [id: string, name: string, denied?: string])[] = [
	['361940275818', 'fjordline-management'],
	['702385164093', 'booking-production'],
	['815520947361', 'booking-staging'],
	['148736209955', 'search-production'],
	['933061728440', 'pricing-production'],
	['270459183627', 'pricing-staging'],
	['584917360281', 'loyalty-production'],
	['629308475114', 'crew-apps', 'logs:FilterLogEvents'],
	['407162598830', 'maps-production'],
	['191847035562', 'analytics'],
	['756230914478', 'security-audit'],
	['318695740026', 'playground'],
];

const accounts: readonly WorldAccount[] = names.map(([id, name, denied], index) => ({
	id,
	name,
	email: `aws+${name}@fjordline.example`,
	isPayer: index === 0,
	status: 'ACTIVE',
	joinedMs: founded + index * 11 * day,
	closedMs: null,
	deniedActions: denied === undefined ? [] : [denied],
	activeRegions: [],
	concurrencyLimit: 1000,
}));

/**
 * Another company's organisation in the same world: twelve open accounts in which nothing runs yet, so
 * that somebody can try how a whole organisation is connected. One of them denies an action.
 */
export const neighbour: OrganizationAccounts = {
	organization: organizationOf('o-fj0rd1in3x', accounts),
	rootId: 'r-fj0r',
	accounts,
};

import type { DeployMarker } from '@lamplight/api/contract/shared';
import type { TimeRange } from '@lamplight/core/time';

import { setSearch } from '../nav/links.svelte.ts';
import { absoluteRange } from '../state/range.ts';
import type { Marker } from './scale.ts';

/** Deploys as the charts of a page mark them. */
export function deployMarkers(deploys: readonly DeployMarker[]): Marker[] {
	return deploys.map(({ id, at, app, label }) => ({
		id,
		atMs: Date.parse(at),
		label: [app, label].filter((part) => part !== null).join(' ') || 'deploy',
	}));
}

/** A brushed span becomes the page's range; Back undoes it. */
export function zoomToUrl(range: TimeRange): void {
	const { from, to } = absoluteRange(range);
	void setSearch({ from, to });
}

import { signIn } from '../support/signIn.ts';
import { startProduct } from '../support/product.ts';
import { type Bench, row } from './bench.ts';

/** The product's promise: first page with data within 15 s of the command, after the install. */
const readyWithinSeconds = 15;

export const bench: Bench = {
	name: 'start',
	about: 'from the command to the first figures, on an empty data folder and on the same one again',
	async run(report) {
		const product = await startProduct();
		try {
			report(
				row('command to first figures, empty folder', {
					value: product.secondsToReady,
					unit: 's',
					atMost: readyWithinSeconds,
					note: 'the dashboard is built already, as after `npm ci`',
				}),
			);
			const started = performance.now();
			const api = await signIn(product.url, product.signInLinks['owner'] ?? '');
			report(
				row('sign-in by link, without a browser', {
					value: (performance.now() - started) / 1000,
					unit: 's',
				}),
			);
			const asked = performance.now();
			await api.get(`/v1/w/${product.workspaceId}/overview`);
			report(row('first overview from the API', { value: performance.now() - asked, unit: 'ms' }));
		} finally {
			await product.stop();
		}
	},
};

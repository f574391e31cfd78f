/**
 * `npm run proof`: everything real that the project can be shown, through the product's own readers,
 * as tables: what was read, what was not understood and why. Ends with 1 when something was misread.
 */
import { missing, sharedData } from '../support/needs.ts';
import { proofs } from './proofs.ts';
import { printed } from './section.ts';

async function main(): Promise<number> {
	const reason = missing('sharedData');
	if (reason !== null) {
		console.log(`proof: skipped, ${reason}`);
		return 0;
	}
	let misread = 0;
	for (const prove of proofs) {
		const section = await prove(sharedData());
		console.log(`${printed(section)}\n`);
		misread += section.problems.length;
	}
	return misread === 0 ? 0 : 1;
}

process.exit(await main());

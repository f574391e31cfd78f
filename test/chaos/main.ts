/** `npm run chaos -- --seeds N [--from M]`: N storms, one line each; exits 1 when one of them left a lie. */
import { liesOf, printStorm, runStorm } from './storm.ts';

function option(name: string, otherwise: number): number {
	const at = process.argv.indexOf(`--${name}`);
	const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
	if (Number.isInteger(value) && value > 0) return value;
	throw new Error(`--${name}: expected a whole number above 0`);
}

const from = option('from', 1);
let bad = 0;
for (let seed = from; seed < from + option('seeds', 5); seed += 1) {
	const storm = await runStorm(seed);
	if (liesOf(storm) > 0) bad += 1;
	console.log(printStorm(storm));
}
process.exit(bad > 0 ? 1 : 0);

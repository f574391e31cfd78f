import { proveAnswers, proveRefusals } from './answers.ts';
import { proveBills } from './bills.ts';
import { proveLines, proveStacks } from './lines.ts';
import { provePrices } from './prices.ts';
import type { Section } from './section.ts';

/** Every proof on real input; each takes the folder of the data. */
export const proofs: readonly ((data: string) => Section | Promise<Section>)[] = [
	proveLines,
	proveStacks,
	proveBills,
	provePrices,
	proveAnswers,
	proveRefusals,
];

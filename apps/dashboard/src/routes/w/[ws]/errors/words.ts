import type { IssuesPage } from '@lamplight/api/contract/issues';

import { plural, share } from '#lib/format/number.ts';
import { b, type Reading } from '#lib/ui/reading.ts';

/** How many ways of failing there are, how much they explain, and which is the most frequent. */
export function errorsReading(page: IssuesPage): Reading {
	const { counts, rows, errors, grouped } = page;
	const open = counts.open + counts.regressed;
	if (open === 0 && rows.length === 0) {
		return errors === null || errors === 0
			? [b('All is quiet.'), ' No execution failed in this span.']
			: [b(plural(errors, 'execution')), ' failed in this span, and none is grouped yet.'];
	}
	const [first] = [...rows].sort((one, other) => other.count - one.count);
	const back =
		counts.regressed === 0 ? '' : `, ${counts.regressed} of them came back after being resolved`;
	return [
		b(plural(open, 'issue')),
		` ${open === 1 ? 'is' : 'are'} open${back}.`,
		...(first === undefined || first.count === 0
			? []
			: [
					' The most frequent happened ',
					b(plural(first.count, 'time')),
					` in ${first.function.name}.`,
				]),
		// While older failures are still being counted, more are grouped than counted: that says nothing.
		...(errors === null || errors === 0 || grouped > errors
			? []
			: [` Issues explain ${share(grouped / errors, 0)} of ${plural(errors, 'failure')}.`]),
	];
}

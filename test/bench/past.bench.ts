import { type Bench, row } from './bench.ts';
import { readWholePast } from './wholePast.ts';

const functions = 60;
const kills = 5;
/** Enough that the database's own log is folded several times. */
const compactionRounds = 150;

/** All 35 days of several accounts, read to their end by workers that are killed on the way. */
export const bench: Bench = {
	name: 'past',
	about: 'the past 35 days of every account of a world, read to the end, against the truth',
	async run(report) {
		const past = await readWholePast({ functions, trafficScale: 0.1, kills, compactionRounds });
		for (const line of past.wrong.slice(0, 10)) console.error(line);
		const { minutes, bytesByRound } = past;
		const sum = Object.values(minutes).reduce((total, count) => total + count, 0);
		const of = `${past.functions} functions in ${past.accounts} accounts, ${past.days.toFixed(1)} days`;
		report(
			row('past: share read', { value: past.told.at(-1) ?? 0, unit: '', atLeast: 1, note: of }),
		);
		report(
			row('past: accounts that say it is all read', {
				value: past.saidDone,
				unit: '',
				atLeast: past.accounts,
			}),
		);
		report(
			row('past: function-days and steps that differ', {
				value: past.wrong.length,
				unit: '',
				atMost: 0,
				note: `of ${past.compared} days and ${past.comparedFine} steps of five minutes, ${past.executions} executions`,
			}),
		);
		report(
			row('past: minutes complete', {
				value: sum === 0 ? 0 : (minutes['complete'] ?? 0) / sum,
				unit: '',
				note: JSON.stringify(minutes),
			}),
		);
		report(
			row('past: went back after a kill', {
				value: past.wentBack,
				unit: '',
				atMost: 0,
				note: `${past.kills} workers killed`,
			}),
		);
		report(
			row('past: charged by AWS', {
				value: past.chargedUsd,
				unit: 'USD',
				atMost: past.shownUsd,
				baseline: past.shownUsd,
				note: `shown before: at most ${past.shownUsd.toFixed(4)}; counted as spent: ${past.countedUsd.toFixed(4)}`,
			}),
		);
		const mb = (bytes: number) => bytes / 1e6;
		report(row('past: on disk when read', { value: mb(past.bytesAfter), unit: 'MB' }));
		report(
			row('past: most on disk in rounds of compaction', {
				value: mb(Math.max(...bytesByRound)),
				unit: 'MB',
				atMost: mb(past.bytesAfter) * 2,
				note: `${compactionRounds} rounds; least ${mb(Math.min(...bytesByRound)).toFixed(1)}, last ${mb(bytesByRound.at(-1) ?? 0).toFixed(1)}`,
			}),
		);
		report(row('past: time', { value: past.tookMs / 1000, unit: 's' }));
	},
};

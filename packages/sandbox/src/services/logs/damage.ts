import type { Call } from '../../wire/service.ts';
import type { Member } from '../../world/fleet.ts';
import type { Line } from '../../world/lines/rowLines.ts';
import { unit } from '../../world/random.ts';
import type { Block } from '../../world/run/block.ts';
import { requestId } from '../../world/run/identity.ts';
import { eventOf } from '../../world/run/traits.ts';

interface Row {
	readonly member: Member;
	readonly block: Block;
	readonly row: number;
}

/** What the faults of the data do to a function's log lines. */
export interface Damage {
	readonly lateMs: number;
	apply(lines: readonly Line[], row: Row): readonly Line[];
}

const none: Damage = { lateMs: 0, apply: (lines) => lines };
const defaultLateMs = 15 * 60_000;
const defaultShare = 0.2;
const hugeBytes = 1_048_550;
const hugeOneIn = 200;

/** The damage that the faults of a call do to each function; the same lines are hit at every reading. */
export function damageOf(call: Call): (member: Member) => Damage {
	return (member) => {
		const setting = <K extends 'malformed-lines' | 'truncated-lines' | 'huge-line' | 'late-data'>(
			kind: K,
		) => call.faults.settings(kind, member.name);
		const late = setting('late-data');
		const malformed = setting('malformed-lines');
		const truncated = setting('truncated-lines');
		const huge = setting('huge-line');
		if (late === null && malformed === null && truncated === null && huge === null) return none;
		return {
			lateMs: late === null ? 0 : (late.delayMs ?? defaultLateMs),
			apply(lines, at) {
				const event = eventOf(at.member, at.block, at.row);
				const result = [...lines];
				if (malformed !== null && unit(event, 0xbad) < (malformed.share ?? defaultShare)) {
					result.push(malformedLine(lines, at, event));
				}
				if (huge !== null && event % hugeOneIn === 0) {
					result.push(hugeLine(lines, huge.bytes ?? hugeBytes));
				}
				const isCut = truncated !== null && unit(event, 0xc07) < (truncated.share ?? defaultShare);
				return isCut ? result.map(cut) : result;
			},
		};
	};
}

function after(lines: readonly Line[], message: string): Line {
	const last = lines.at(-1);
	return { timeMs: last?.timeMs ?? 0, index: 1_000 + (last?.index ?? 0), message };
}

/** Lines that begin as platform records do, and are none. */
function malformedLine(lines: readonly Line[], at: Row, event: number): Line {
	const id = requestId(at.member, at.block, at.row);
	const texts = [
		'REPORT invalid report log line\n',
		`REPORT RequestId: ${id}\tDuration: NaN ms\tBilled Duration: -1 ms\t\n`,
		`{"time":"yesterday","type":"platform.report","record":{"requestId":"${id}","metrics":null}}\n`,
		`REPORT RequestId: ${id}\tDuration: 12,34 ms\tBilled Duration: 13 ms\tMemory Size: 1e3 MB\t\n`,
	];
	return after(lines, texts[event % texts.length] ?? '');
}

function hugeLine(lines: readonly Line[], bytes: number): Line {
	return after(lines, `payload ${'x'.repeat(Math.max(0, bytes - 9))}\n`);
}

/** Only platform records are cut: in the middle, where a reader is surprised most. */
function cut(line: Line): Line {
	if (!/^(REPORT|\{"time")/.test(line.message)) return line;
	return { ...line, message: line.message.slice(0, Math.floor(line.message.length * 0.6)) };
}

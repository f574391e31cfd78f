import { SingleBar, Presets } from 'cli-progress';

/** How long a start waits for the first figures before it prints the address all the same. */
const firstDataTimeoutMs = 20_000;

/**
 * Shows how far the past has been read. On a terminal it is a bar, elsewhere a line for each tenth.
 * `firstData` resolves with the first figures, or when they take too long to wait for.
 */
export function backfillProgress(output: NodeJS.WriteStream) {
	const first = Promise.withResolvers<void>();
	const timer = setTimeout(() => first.resolve(), firstDataTimeoutMs);
	timer.unref();
	const bar = output.isTTY
		? new SingleBar(
				{
					format: '  Reading the past 35 days, newest first  {bar} {percentage} %',
					clearOnComplete: true,
					hideCursor: true,
					stream: output,
				},
				Presets.rect,
			)
		: null;
	let shown = false;
	let running = false;
	let share = 0;
	let printedTenths = 0;

	const draw = () => {
		if (!shown) return;
		if (bar === null) {
			const tenths = Math.floor(share * 10);
			if (tenths > printedTenths) output.write(`  read ${tenths * 10} % of the past 35 days\n`);
			printedTenths = Math.max(printedTenths, tenths);
			return;
		}
		if (!running && share < 1) {
			bar.start(100, share * 100);
			running = true;
		}
		if (running) bar.update(share * 100);
		if (running && share >= 1) stop();
	};
	const stop = () => {
		if (running) bar?.stop();
		running = false;
	};
	return {
		firstData: first.promise,
		hear(message: Record<string, unknown>): void {
			if (message['firstData'] === true) {
				clearTimeout(timer);
				first.resolve();
			}
			const backfill = message['backfill'];
			if (typeof backfill !== 'number' || !Number.isFinite(backfill)) return;
			share = Math.min(1, Math.max(0, backfill));
			draw();
		},
		show(): void {
			shown = true;
			draw();
		},
		stop,
	};
}

import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

import type { BenchRow } from './bench.ts';
import type { BenchMessage } from './one.ts';

/** A bench that hangs must not keep the others from running. */
const mostMs = 60 * 60_000;

export interface RunBench {
	readonly onAbout: (about: string) => void;
	readonly onRow: (row: BenchRow) => void;
}

const running = new Set<ChildProcess>();

/**
 * Runs one bench in a process of its own, so that it neither meets what another left in memory nor
 * takes the others down. Resolves with why it failed, or `null` when it ran to its end.
 */
export async function runBench(
	name: string,
	{ onAbout, onRow }: RunBench,
	limitMs = mostMs,
): Promise<string | null> {
	const child = fork(join(import.meta.dirname, 'one.ts'), [name], {
		// What a bench prints beside its rows must not get between them.
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		// A group of its own: what it started ends with it.
		detached: true,
	});
	running.add(child);
	let complaints = '';
	const hear = (chunk: Buffer) =>
		(complaints = (complaints + chunk.toString('utf8')).slice(-4_000));
	child.stderr?.on('data', hear);
	child.stdout?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
	child.on('message', (message: BenchMessage) => {
		if (message.kind === 'about') onAbout(message.about);
		else onRow(message.row);
	});
	let isLate = false;
	const timer = setTimeout(() => {
		isLate = true;
		endGroup(child, 'SIGKILL');
	}, limitMs);
	const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
	clearTimeout(timer);
	running.delete(child);
	endGroup(child, 'SIGKILL');
	if (isLate) return `stopped after ${limitMs / 60_000} minutes`;
	return code === 0 ? null : reasonIn(complaints, code);
}

/** Ends every bench under way, for a Ctrl-C. */
export function endBenches(): void {
	for (const child of running) endGroup(child, 'SIGTERM');
}

function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
	try {
		if (pid !== undefined) process.kill(-pid, signal);
	} catch {
		// Nothing of it is left.
	}
}

/** The line of a crash that says what happened. */
function reasonIn(complaints: string, code: number | null): string {
	const said = complaints.split('\n').find((line) => /^\s*\w*Error\b/.test(line));
	return said?.trim().slice(0, 300) ?? `ended with code ${code ?? 'none'}`;
}

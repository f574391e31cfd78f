import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A process of the running product. */
export interface Part {
	readonly name: string;
	readonly pid: number;
}

/** The process that each script is, by the end of its path. */
const scripts: readonly (readonly [path: string, name: string])[] = [
	['packages/sandbox/src/dynamodb/main.ts', 'database'],
	['packages/sandbox/src/queue/main.ts', 'queue'],
	['packages/sandbox/src/identity/main.ts', 'identity'],
	['packages/sandbox/src/main.ts', 'sandbox'],
	['apps/jobs/src/local.ts', 'jobs'],
	['apps/api/src/server.ts', 'api'],
];

const bytesInKib = 1_024;

/** The parts below a process, by the script that each runs. Throws where one is not there. */
export function partsBelow(pid: number): readonly Part[] {
	const found = descendants(pid).flatMap((one) => {
		const command = read(one, 'cmdline').split('\0');
		const script = scripts.find(([path]) => command.some((word) => word.endsWith(path)));
		return script === undefined ? [] : [{ name: script[1], pid: one }];
	});
	const absent = scripts.filter(([, name]) => !found.some((part) => part.name === name));
	if (absent.length > 0)
		throw new Error(`not running: ${absent.map(([, name]) => name).join(', ')}`);
	return found;
}

/** Every process that descends from one, by Linux's own books. */
export function descendants(pid: number): number[] {
	const parents = new Map<number, number>();
	for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
		const stat = read(Number(entry), 'stat');
		// The name in parentheses may hold anything, so what follows its end is read.
		const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
		parents.set(Number(entry), parent);
	}
	const isBelow = (one: number | undefined): boolean =>
		one !== undefined && one > 1 && (parents.get(one) === pid || isBelow(parents.get(one)));
	return [...parents.keys()].filter(isBelow);
}

/** Resident bytes of a process; 0 when it is gone. */
export function residentBytes(pid: number): number {
	return Number(/^VmRSS:\s+(\d+) kB/m.exec(read(pid, 'status'))?.[1] ?? 0) * bytesInKib;
}

/** A variable that a process was started with. Throws where it has none of that name. */
export function variableOf({ name, pid }: Part, variable: string): string {
	const entry = read(pid, 'environ')
		.split('\0')
		.find((one) => one.startsWith(`${variable}=`));
	if (entry === undefined) throw new Error(`${name} was started without ${variable}`);
	return entry.slice(variable.length + 1);
}

/** Bytes of all files below a folder; one that vanishes meanwhile counts nothing. */
export function bytesBelow(folder: string): number {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce((sum, path) => {
		const found = statSync(join(folder, path), { throwIfNoEntry: false });
		return sum + (found?.isFile() === true ? found.size : 0);
	}, 0);
}

/** A file of `/proc`; empty when the process is gone. */
function read(pid: number, file: string): string {
	try {
		return readFileSync(`/proc/${pid}/${file}`, 'utf8');
	} catch {
		return '';
	}
}

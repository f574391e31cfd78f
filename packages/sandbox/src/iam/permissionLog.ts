import type { PermissionReport } from '../sandbox.ts';
import { unusedGrants } from './authorize.ts';
import type { Directory, Key } from './directory.ts';
import type { Question } from './evaluate.ts';

interface Entry {
	readonly allowed: Set<string>;
	/** Action to the resource of its first refusal. */
	readonly denied: Map<string, string>;
}

/** What each role of a stack was used for: the difference to its grants is what could be dropped. */
export class PermissionLog {
	readonly #entries = new Map<string, Entry>();

	note(key: Key, question: Question, allowed: boolean): void {
		if (key.roleArn === null) return;
		let entry = this.#entries.get(key.roleArn);
		if (entry === undefined) {
			entry = { allowed: new Set(), denied: new Map() };
			this.#entries.set(key.roleArn, entry);
		}
		if (allowed) entry.allowed.add(question.action);
		else if (!entry.denied.has(question.action))
			entry.denied.set(question.action, question.resource);
	}

	/** One report for each role that a stack made, called or not. */
	reports(directory: Directory): PermissionReport[] {
		return directory
			.roles()
			.filter((role) => role.stackName !== null)
			.map((role) => {
				const entry = this.#entries.get(role.arn);
				const called = entry?.allowed ?? new Set<string>();
				return {
					roleArn: role.arn,
					grantedNeverCalled: unusedGrants(role, called),
					calledButDenied: [...(entry?.denied ?? [])]
						.map(([action, resource]) => ({ action, resource }))
						.sort((a, b) => a.action.localeCompare(b.action)),
					calledAndAllowed: [...called].sort(),
				};
			});
	}

	reset(): void {
		this.#entries.clear();
	}
}

import type { Permission } from '@lamplight/api/contract/session';
import type { Shell } from '@lamplight/api/contract/workspace';

/** What the role of the person signed in may do in this workspace; the API refuses the rest anyway. */
class Access {
	permissions = $state.raw<readonly Permission[]>([]);
	role = $state<Shell['role'] | null>(null);

	/** Until the frame has been read nothing is refused, or a page would say no and then yes. */
	get known(): boolean {
		return this.role !== null;
	}

	take(shell: Shell): void {
		this.permissions = shell.permissions;
		this.role = shell.role;
	}
}

export const access = new Access();

/** Whether something may be offered. */
export function can(permission: Permission): boolean {
	return access.permissions.includes(permission);
}

/** Gives a function's role a fixed name; see `trustedRoles`. */
export const roleNamed = (name: string) => ({
	role: (role: { name?: unknown }) => {
		role.name = name;
		return undefined;
	},
});

declare global {
	// eslint-disable-next-line @typescript-eslint/no-namespace -- SvelteKit's own form of declaration
	namespace App {}
}

export {};

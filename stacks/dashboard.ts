interface DashboardOptions {
	readonly router: sst.aws.Router;
}

/** The static dashboard behind the shared distribution. It knows no address but its own origin. */
export function dashboard({ router }: DashboardOptions) {
	return new sst.aws.StaticSite('Dashboard', {
		path: 'apps/dashboard',
		router: { instance: router, path: '/' },
		build: { command: 'npm run build', output: 'build' },
		indexPage: '200.html',
		assets: {
			fileOptions: [
				{ files: '**/*', cacheControl: 'no-cache' },
				{ files: '_app/immutable/**/*', cacheControl: 'public,max-age=31536000,immutable' },
			],
		},
	});
}

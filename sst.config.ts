/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
	app(input) {
		const production = input.stage === 'production';
		return {
			name: 'lamplight',
			home: 'aws',
			removal: production ? 'retain' : 'remove',
			protect: production,
			providers: { aws: { region: 'eu-west-1' }, random: '4.16.6' },
		};
	},
	async run() {
		const { stacks } = await import('./stacks/index.ts');
		return stacks();
	},
});

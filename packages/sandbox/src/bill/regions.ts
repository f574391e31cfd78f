/** What one region charges for Lambda, in millionths of a dollar, and how its usage types begin. */
export interface RegionPrices {
	/** Of usage types: none in us-east-1. */
	readonly prefix: string;
	/** Per GB-second: x86, arm64, /tmp above 512 MB, provisioned concurrency (x86), run time on it (x86). */
	readonly micro: readonly [string, string, string, string, string];
}

// Lambda prices by region: calculator.aws meteredUnitMaps for Lambda as republished on 2026-09-22,
// checked against the price list of 2026-09-19 for us-east-1. Requests cost $0.20 a million in each of
// them. Prefixes: price list's usage types (2026-09).
export const regionPrices: Readonly<Record<string, RegionPrices>> = {
	'us-east-1': { prefix: '', micro: ['16.6667', '13.3334', '0.0309', '4.1667', '9.7222'] },
	'us-east-2': { prefix: 'USE2-', micro: ['16.6667', '13.3334', '0.0309', '4.1667', '9.7222'] },
	'us-west-2': { prefix: 'USW2-', micro: ['16.6667', '13.3334', '0.0309', '4.1667', '9.7222'] },
	'us-west-1': { prefix: 'USW1-', micro: ['16.6667', '13.3334', '0.0370', '4.9041', '11.4430'] },
	'ca-central-1': { prefix: 'CAN1-', micro: ['16.6667', '13.3334', '0.0340', '4.6460', '10.8407'] },
	'eu-west-1': { prefix: 'EU-', micro: ['16.6667', '13.3334', '0.0340', '4.6460', '10.8407'] },
	'eu-west-2': { prefix: 'EUW2-', micro: ['16.6667', '13.3334', '0.0358', '4.8304', '11.2709'] },
	'eu-west-3': { prefix: 'EUW3-', micro: ['16.6667', '13.3334', '0.0358', '4.8673', '11.3569'] },
	'eu-central-1': { prefix: 'EUC1-', micro: ['16.6667', '13.3334', '0.0367', '5.0147', '11.7011'] },
	'eu-north-1': { prefix: 'EUN1-', micro: ['16.6667', '13.3334', '0.0323', '4.4248', '10.3245'] },
	'ap-northeast-1': {
		prefix: 'APN1-',
		micro: ['16.6667', '13.3334', '0.0370', '5.3835', '12.5615'],
	},
	'ap-northeast-3': {
		prefix: 'APN3-',
		micro: ['16.6667', '13.3334', '0.0370', '5.3835', '12.5615'],
	},
	'ap-northeast-2': {
		prefix: 'APN2-',
		micro: ['16.6667', '13.3334', '0.0352', '5.1254', '11.9592'],
	},
	'ap-south-1': { prefix: 'APS3-', micro: ['16.6667', '13.3334', '0.0352', '4.4985', '10.4966'] },
	'ap-southeast-1': {
		prefix: 'APS1-',
		micro: ['16.6667', '13.3334', '0.0370', '5.1991', '12.1313'],
	},
	'ap-southeast-2': {
		prefix: 'APS2-',
		micro: ['16.6667', '13.3334', '0.0370', '5.2360', '12.2173'],
	},
	'sa-east-1': { prefix: 'SAE1-', micro: ['16.6667', '13.3334', '0.0586', '6.6372', '15.4867'] },
};

/** The header by which the API knows that a call came through the distribution. */
const originHeader = 'x-lamplight-origin';

/** The header that says where a call comes from, over whatever the caller wrote. */
const viewerHeader = 'x-lamplight-viewer';

/**
 * The CloudFront distribution that the dashboard and the API share, so that there is one origin and
 * no CORS; it adds the secret without which the API answers nobody.
 */
export function edge() {
	const { result: originSecret } = new random.RandomPassword('OriginSecret', {
		length: 48,
		special: false,
	});
	const domain = process.env['LAMPLIGHT_DOMAIN'];
	const router = new sst.aws.Router('Edge', {
		...(domain === undefined ? {} : { domain }),
		edge: {
			viewerRequest: {
				injection: $interpolate`event.request.headers["${originHeader}"] = { value: "${originSecret}" }; event.request.headers["${viewerHeader}"] = { value: event.viewer.ip };`,
			},
		},
	});
	return { router, origin: router.url, originSecret };
}

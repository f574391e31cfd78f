import { alarms } from './alarms.ts';
import { api } from './api.ts';
import { auth } from './auth.ts';
import { connect } from './connect.ts';
import { dashboard } from './dashboard.ts';
import { defaults } from './defaults.ts';
import { edge } from './edge.ts';
import { jobs } from './jobs.ts';
import { storage } from './storage.ts';

/** Everything one stage deploys, in the order in which one part needs another. */
export function stacks() {
	defaults();
	const { router, origin, originSecret } = edge();
	const { table, exportsBucket } = storage();
	const identity = auth({ origin });
	const { templateUrl, trustedRoleNames } = connect();
	const work = jobs({ table, exportsBucket });
	api({
		router,
		origin,
		originSecret,
		table,
		exportsBucket,
		queue: work.queue,
		identity,
		templateUrl,
		trustedRoleNames,
	});
	dashboard({ router });
	alarms({ deadLetters: work.deadLetters });
	return { url: router.url, userPool: identity.pool.id, connectTemplate: templateUrl };
}

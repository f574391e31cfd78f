import { AwsError } from '../../wire/awsError.ts';
import type { Call } from '../../wire/service.ts';
import { loggingOf } from '../../world/configuration.ts';
import type { LivingWorld } from '../../world/create.ts';
import type { Member } from '../../world/fleet.ts';

/** A log group and the functions that write to it. */
export interface LogGroup {
	readonly name: string;
	/** Without the `:*` that some APIs append. */
	readonly arn: string;
	readonly createdMs: number;
	readonly groupClass: 'STANDARD' | 'INFREQUENT_ACCESS';
	readonly retentionDays: number | null;
	readonly members: readonly Member[];
}

type Place = Pick<Call, 'accountId' | 'region' | 'nowMs' | 'operation'>;

/** The log groups of one account and region that exist by now, ascending by name. */
export function groupsIn(world: LivingWorld, place: Place): LogGroup[] {
	const byName = new Map<string, Member[]>();
	for (const member of world.membersIn(place.accountId, place.region)) {
		if (member.createdMs > place.nowMs) continue;
		const { logGroup } = loggingOf(member);
		const list = byName.get(logGroup);
		if (list === undefined) byName.set(logGroup, [member]);
		else list.push(member);
	}
	return [...byName]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, members]) => groupOf(name, members));
}

/** One log group by its name or ARN. Throws as CloudWatch Logs does when there is none. */
export function groupNamed(world: LivingWorld, place: Place, identifier: string): LogGroup {
	const name = /^arn:[^:]+:logs:[^:]*:\d+:log-group:(.+?)(?::\*)?$/.exec(identifier)?.[1];
	const wanted = name ?? identifier;
	const members = world
		.membersIn(place.accountId, place.region)
		.filter((member) => member.createdMs <= place.nowMs && loggingOf(member).logGroup === wanted);
	if (members.length === 0) throw new AwsError('ResourceNotFoundException', missing(place, wanted));
	return groupOf(wanted, members);
}

/** Queries have a sentence of their own for a group that is not there (recorded answers of 2026-02). */
function missing(place: Place, name: string): string {
	return place.operation === 'StartQuery'
		? `Log group '${name}' does not exist for account ID '${place.accountId}'`
		: 'The specified log group does not exist.';
}

function groupOf(name: string, members: readonly Member[]): LogGroup {
	const [first] = members;
	if (first === undefined) throw new RangeError('groupOf: expected a function');
	const logging = loggingOf(first);
	return {
		name,
		arn: `arn:aws:logs:${first.region}:${first.accountId}:log-group:${name}`,
		createdMs: Math.min(...members.map((member) => member.createdMs)),
		groupClass: logging.groupClass,
		retentionDays: logging.retentionDays,
		members,
	};
}

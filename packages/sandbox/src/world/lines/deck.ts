import type { Member } from '../fleet.ts';
import { mix } from '../random.ts';
import type { Trigger } from '../functionConfiguration.ts';
import type { Template } from './template.ts';
import { lineTemplate } from './voice.ts';

/** The application lines of one execution, and their bytes. */
export interface Script {
	readonly lines: readonly Template[];
	/** Sum of the messages' bytes. */
	readonly bytes: number;
}

const requests = [
	'GET /v1/products/{h8} 200 {n2} ms',
	'POST /v1/orders 201 order={h8} customer={h8}',
	'cache hit key=session:{h8} age={n3}s',
	'cache miss key=price:{h8}, asking the origin',
	'loaded customer {h8} with {n1} open orders',
	'priced basket {h8}: {n1} lines, total {n4} cents',
	'PUT /v1/baskets/{h8} 200 {n2} ms',
];

const messages: Readonly<Record<Trigger, readonly string[]>> = {
	http: requests,
	direct: requests,
	sqs: [
		'received batch of {n1} messages',
		'message {h8}{h8} handled in {n2} ms',
		'order {h8} moved to state PACKED',
		'skipped message {h8}: already handled',
		'published event order.updated for {h8}',
	],
	async: [
		'event {h8} accepted from bus meridian-events',
		'object uploads/{h8}/{h8}.jpg read, {n6} bytes',
		'delivered to https://hooks.partner.example/{h8}: 202 in {n3} ms',
		'stored result under results/{h8}.json',
	],
	schedule: [
		'run {h8} started',
		'page {n2} of supplier feed: {n3} rows',
		'{n4} rows compared, {n2} differ',
		'run {h8} finished: {n3} changes written',
	],
	stream: [
		'shard shardId-00000000000{n1}: {n3} records up to sequence {n6}{n6}',
		'aggregate minute written: {n4} events of {n3} sessions',
		'late record {h8} counted to its own minute',
	],
	edge: ['viewer request routed to variant B', 'session {h8} renewed at the edge'],
};

const auditLine =
	'audit entry={h8}{h8} actor=user:{h8} action=order.read resource=order/{h8}{h8} ip=203.0.113.{n2} outcome=allowed policy=orders-read-{n2} session={h8}{h8}';

const scriptsPerMember = 4;
const decks = new WeakMap<Member, readonly Script[]>();

/** The four scripts of a function. */
export function deckOf(member: Member): readonly Script[] {
	return decks.get(member) ?? makeDeck(member);
}

/** The script of one event: which lines its execution writes. */
export function scriptOf(member: Member, event: number): Script {
	const script = deckOf(member)[event & (scriptsPerMember - 1)];
	if (script === undefined) throw new RangeError('deck: expected four scripts');
	return script;
}

function makeDeck(member: Member): readonly Script[] {
	const { linesPerRun } = member.blueprint.logs;
	const isAudit = linesPerRun > 50;
	const texts = isAudit ? [auditLine] : messages[member.blueprint.trigger];
	const templates = texts.map((text) => lineTemplate(member, 'INFO', text));
	const deck = Array.from({ length: scriptsPerMember }, (_, index): Script => {
		// The mean over the four scripts is the function's habit.
		const spread = Math.min(Math.floor(linesPerRun / 2), 3);
		const count = linesPerRun + (index === 0 ? -spread : index === 1 ? spread : 0);
		const lines = Array.from({ length: count }, (_, line) => {
			const chosen = templates[mix(member.seed, index, line) % templates.length];
			if (chosen === undefined) throw new RangeError('deck: expected messages');
			return chosen;
		});
		return { lines, bytes: lines.reduce((sum, line) => sum + line.bytes, 0) };
	});
	decks.set(member, deck);
	return deck;
}

/** What is looked at of a message, and what is kept of it. */
const maxMessageInput = 2_000;
const maxMessageOutput = 500;

/**
 * A message with what differs from one failure to the next taken out: ids, numbers, times,
 * addresses, paths, quoted values and JSON. Kept are codes that name the failure (HTTP status, errno,
 * SQLSTATE, exit status) and quoted names of attributes, keys, columns and modules. Text that is
 * free and unquoted stays, because nothing tells a name from a word.
 */
export function normaliseMessage(text: string): string {
	let out = withoutAnsi(text.slice(0, maxMessageInput)).replace(/\s+/g, ' ').trim();
	out = withoutJson(out);
	for (const [pattern, replacement] of wholeValues) out = out.replace(pattern, replacement);
	out = keepCodes(out);
	out = replaceQuoted(out);
	out = out.replace(word, normaliseWord);
	out = out.replace(/-?<n>(?:[.,:/]<n>)+/g, '<n>').replace(/(^|[\s(=[,])-<n>/g, '$1<n>');
	out = out.replace(codeMark, (_all, digits: string) => fromMarked(digits));
	return out.slice(0, maxMessageOutput).trim();
}

/** A name (file, class, function) without the digits, hashes and ids that builds put into it. */
export function normaliseName(name: string): string {
	return name.slice(0, 300).replace(word, normaliseWord);
}

// eslint-disable-next-line no-control-regex -- terminal colours are control characters
const control = /\u001b\[[0-9;]*m|[\u0000-\u0008\u000e-\u001f\ue000\ue001]/g;

/** The text without terminal colours and other control characters; tabs and line ends stay. */
export function withoutAnsi(text: string): string {
	return text.replace(control, '');
}

/** JSON and printed objects hold the data of one failure, from their first brace to their last. */
function withoutJson(text: string): string {
	const start = text.search(/[{[]\s?["'{]/);
	if (start < 0) return text;
	const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
	return `${text.slice(0, start)}<json>${end > start ? text.slice(end + 1) : ''}`;
}

/** Values recognised by their own shape, the more specific first. Every pattern is linear. */
const wholeValues: readonly (readonly [RegExp, string])[] = [
	[/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s'"`<>)\]}]+/gi, '<url>'],
	[/\barn:aws[a-z-]*:[^\s'"`,;)\]}]+/g, '<arn>'],
	[/[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+/g, '<email>'],
	[/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<uuid>'],
	[/\b1-[0-9a-f]{8}-[0-9a-f]{24}\b/gi, '<n>'],
	[
		/\b\d{4}[-/]\d{2}[-/]\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?(?:Z|[+-]\d{2}:?\d{2}\b)?/g,
		'<time>',
	],
	[/\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?\b/g, '<time>'],
	[/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, '<ip>'],
	[/\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b/gi, '<ip>'],
	[/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '<token>'],
	[/\b0x[0-9a-f]+\b/gi, '<hex>'],
	[/(^|[\s'"`(=[:,])(?:[A-Za-z]:\\|\\\\)[^\s'"`:,)\]}]+/g, '$1<path>'],
	[/(^|[\s'"`(=[,])(?:\.{0,2}|~)\/[^\s'"`:,)\]}]+(?::\d+)*/g, '$1<path>'],
	[
		/\b(?=[A-Za-z0-9+/]*\d)(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])[A-Za-z0-9+/]{40,}={0,2}/g,
		'<token>',
	],
];

/**
 * Numbers that say which failure it is. They are hidden from the digit rules by writing them in
 * letters, between marks that were taken out of the message before, and brought back at the end.
 */
const codes =
	/\b((?:status(?: code)?|response code|error code|code|errno|sqlstate|exit status|exit code|http(?:\/\d(?:\.\d)?)?|signal)\W{1,3})(\d{1,5})\b/gi;
const codeMark = /\ue000([a-j]+)\ue001/g;

function keepCodes(text: string): string {
	return text.replace(
		codes,
		(_all, word: string, digits: string) => `${word}\ue000${toMarked(digits)}\ue001`,
	);
}

function toMarked(digits: string): string {
	return digits.replace(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)));
}

function fromMarked(letters: string): string {
	return letters.replace(/[a-j]/g, (letter) => String('abcdefghij'.indexOf(letter)));
}

const quoted = /(['"`])((?:(?!\1).){0,1500})\1/g;
const identifier = /^[A-Za-z_$@][\w$@./:<>-]{0,80}$/;
/** Words after which, or before which, a quoted name belongs to the program and not to its data. */
const namedBefore =
	/(?:^|\b)(?:attribute|property|properties|reading|setting|module|package|key|column|table|relation|field|parameter|param|argument|name|method|function|type|class|constraint|index|variable|header|operation|action|symbol|version|library|file|KeyError:|import)(?: named| name)?:?\s*\(?$/i;
const namedAfter =
	/^\)?\s*(?:object has no|object is not|is not defined|is not a function|is not a constructor|is not iterable|attribute|property|column|table|field|parameter|argument|method|must be|is required|is missing|not found \(required by)/i;

function replaceQuoted(whole: string): string {
	return whole.replace(quoted, (all: string, quote: string, inner: string, at: number) => {
		if (/^<[a-z]+>$/.test(inner)) return inner;
		const before = whole.slice(Math.max(0, at - 40), at);
		const after = whole.slice(at + all.length, at + all.length + 40);
		const alone = all.length === whole.length;
		const named = alone || namedBefore.test(before) || namedAfter.test(after);
		return named && identifier.test(inner) ? `${quote}${inner}${quote}` : '<value>';
	});
}

const word = /[A-Za-z0-9_$-]+/g;
/** Names in which a digit is part of the word. */
const technical =
	/^(?:s3|ec2|sqs2|utf-?(?:8|16|32)|ipv[46]|md5|sha-?(?:1|256|384|512)|base64|http[123]|x86(?:_64)?|x64|arm64|u?int(?:8|16|32|64)|float(?:32|64)|[iuf](?:8|16|32|64|128)|oauth2|route53|log4j|mp[34]|es\d{1,4}|log10|k8s|http2|pkcs\d+|x509|fp16)$/i;

function normaliseWord(text: string): string {
	if (!/\d/.test(text) || technical.test(text)) return text;
	if (/^[a-z]{2,8}_[A-Za-z0-9]{14,}$/.test(text)) return `${text.slice(0, text.indexOf('_'))}_<n>`;
	const parts = text.split(/([_$-])/);
	return parts.map((part) => (/\d/.test(part) ? normaliseSegment(part) : part)).join('');
}

/** Ids read as numbers do: of hexadecimal ids of eight digits, one in forty has no letter. */
function normaliseSegment(segment: string): string {
	if (technical.test(segment)) return segment;
	if (/^\d+$/.test(segment)) return '<n>';
	const switches = segment.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
	if (segment.length >= 16 || (segment.length >= 6 && switches >= 2)) return '<n>';
	if (segment.length >= 8 && /^[0-9a-f]+$/i.test(segment)) return '<n>';
	return segment.replace(/\d+/g, '<n>');
}

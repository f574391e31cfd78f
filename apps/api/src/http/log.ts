/** Fields of a log line. Never a token, a secret, a query string or log text. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Log {
	info(message: string, fields: LogFields): void;
	/** The error's own text is for us; it never reaches a client. */
	error(message: string, fields: LogFields, error: unknown): void;
}

/** Log lines as one JSON object each, such as CloudWatch Logs reads them. */
export function jsonLog(write: (line: string) => void, now: () => number): Log {
	const line = (level: string, message: string, fields: LogFields) =>
		JSON.stringify({ at: new Date(now()).toISOString(), level, message, ...fields });
	return {
		info: (message, fields) => write(line('info', message, fields)),
		error: (message, fields, error) => {
			const known = error instanceof Error;
			write(
				line('error', message, {
					...fields,
					error: known ? `${error.name}: ${error.message}`.slice(0, 500) : 'not an Error',
					stack: known ? (error.stack ?? '').slice(0, 2_000) : null,
				}),
			);
		},
	};
}

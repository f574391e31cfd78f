/** Where the readers of all formats deliver what they find. Positions are into the text given. */
export interface EventSink {
	/** A line of plain text, which may carry its time and stream in front. */
	line(text: string, start: number, end: number): void;
	/** A log event with what its container says about it. */
	event(message: string, about: EventAbout): void;
	/** A JSON value that may be a platform event. True when it was one. */
	object(value: Readonly<Record<string, unknown>>): boolean;
	/** Something that cannot be read in this format; its neighbours can. */
	unreadable(reason: string, sample: string): void;
	/** Moves the line counter, for messages. */
	advanceLines(count: number): void;
}

/** What a container says about an event; `null` where it does not. */
export interface EventAbout {
	readonly timeMs: number | null;
	readonly logStream: string | null;
	readonly logGroup: string | null;
	readonly eventId: string | null;
}

/** Reads one format: takes chunks of text as they come, and what is left at the end. */
export interface FormatReader {
	chunk(text: string): void;
	end(): void;
}

/** CloudWatch holds at most 1 MB per event (Logs quotas, read 2026-11); longer is no event, and is skipped. */
export const maxLineChars = 2 * 1024 * 1024;

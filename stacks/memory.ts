/**
 * Memory of the jobs' functions, in MB. Whoever reads logs mostly waits for its turn at AWS's rates, and
 * waiting is paid by the megabyte: readings of few functions have a small worker of their own.
 */
export const memoryMb = { plan: 512, collect: 512, read: 256 } as const;

/** Messages of one invocation, which share its memory: a small worker has room for one reading. */
export const messagesPerBatch = { collect: 5, read: 1 } as const;

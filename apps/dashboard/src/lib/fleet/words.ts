import type { ExecutionRow } from '@lamplight/api/contract/executions';
import type { Comparison } from '@lamplight/api/contract/functionPages';

import type { Status } from '../marks/words.ts';

/** How an execution ended, as a shape and a word. */
export function executionStatus({
	status,
	errorType,
}: Pick<ExecutionRow, 'status' | 'errorType'>): {
	readonly status: Status;
	readonly word: string;
} {
	switch (status) {
		case 'ok':
			return { status: 'ok', word: 'ok' };
		case 'error':
			return { status: 'bad', word: errorType ?? 'Error' };
		case 'timeout':
			return { status: 'bad', word: 'Timed out' };
		case 'outOfMemory':
			return { status: 'bad', word: 'Out of memory' };
		case 'unknown':
			return { status: 'off', word: 'not known' };
	}
}

export const verdictWords: Readonly<
	Record<Comparison['verdict'], { readonly word: string; readonly tone: string }>
> = {
	better: { word: 'Better', tone: 'ok' },
	same: { word: 'No change', tone: '' },
	worse: { word: 'Worse', tone: 'bad' },
	tooLittleData: { word: 'Too little data', tone: '' },
};

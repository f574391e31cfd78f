import type { IssueRow } from '@lamplight/api/contract/issues';

/** The state of an issue as a word and its ground. */
export const issueStates: Readonly<
	Record<IssueRow['state'], { readonly word: string; readonly tone: string }>
> = {
	open: { word: 'Open', tone: 'bad' },
	regressed: { word: 'Came back', tone: 'bad' },
	resolved: { word: 'Resolved', tone: 'ok' },
	ignored: { word: 'Ignored', tone: '' },
};

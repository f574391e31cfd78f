import type { Component } from '../components.ts';
import type { NotPricedReason } from '../model.ts';
import type { Allowance, RateDocument, RateRow } from './card.ts';

/** A row with its source spelled out, or the reason why there is none. */
export type RateAnswer =
	| { readonly found: true; readonly row: RateRow; readonly source: string; readonly date: string }
	| { readonly found: false; readonly reason: NotPricedReason; readonly explanation: string };

/** Which price is asked for. */
export interface RateQuestion {
	readonly component: Component;
	readonly region: string;
	readonly architecture: 'x86_64' | 'arm64' | null;
	readonly atMs: number;
}

/** Rate rows, looked up by component, region, architecture and moment. */
export interface RateBook {
	find(question: RateQuestion): RateAnswer;
	allowances(component: Component, atMs: number): readonly Allowance[];
	readonly regions: readonly string[];
	readonly document: RateDocument;
}

import { LamplightError } from '@lamplight/core/errors';

import { componentInfo, type Component } from '../components.ts';
import type { NotPricedReason } from '../model.ts';
import { rateDocumentSchema, type Allowance, type RateDocument, type RateRow } from './card.ts';

/** A rate row and the span of time in which it holds, or the reason why there is none. */
export type RateAnswer =
	| {
			readonly found: true;
			readonly row: RateRow;
			/** Epoch milliseconds, `[fromMs, toMs)`; infinite where the row has no bound. */
			readonly fromMs: number;
			readonly toMs: number;
	  }
	| { readonly found: false; readonly reason: NotPricedReason; readonly explanation: string };

/** Which price is asked for. */
export interface RateQuestion {
	readonly component: Component;
	readonly region: string;
	readonly architecture: 'x86_64' | 'arm64' | null;
	readonly atMs: number;
}

/** Rate rows, looked up by component, region, architecture and moment. */
export class RateBook {
	readonly document: RateDocument;
	readonly #rows = new Map<string, RateRow[]>();
	readonly #regions = new Set<string>();

	constructor(document: RateDocument) {
		this.document = document;
		for (const row of document.rates) {
			this.#regions.add(row.region);
			const key = `${row.component} ${row.region}`;
			const rows = this.#rows.get(key);
			if (rows === undefined) this.#rows.set(key, [row]);
			else rows.push(row);
		}
	}

	/** Every region that has at least one price. */
	get regions(): readonly string[] {
		return [...this.#regions].filter((region) => region !== everywhere).sort();
	}

	/** The row that holds, or why none does: the region, the component there, or the moment is unknown. */
	find(question: RateQuestion): RateAnswer {
		const { region, architecture, atMs } = question;
		const { pricedAs: component, byArchitecture, label } = componentInfo[question.component];
		if (byArchitecture && architecture === null) {
			return none(
				'unknown-architecture',
				`${label} has a price per architecture, and none is given`,
			);
		}
		const inRegion = this.#rows.get(`${component} ${region}`);
		const rows = inRegion ?? this.#rows.get(`${component} ${everywhere}`) ?? [];
		if (rows.length === 0 && !this.#regions.has(region)) {
			return none('unknown-region', `no price is known for region ${JSON.stringify(region)}`);
		}
		const fitting = rows.filter(
			(row) => row.architecture === 'any' || row.architecture === architecture,
		);
		if (fitting.length === 0) {
			const on = rows.length > 0 && architecture !== null ? ` on ${architecture}` : '';
			return none('no-rate', `no price is known for ${label.toLowerCase()}${on} in ${region}`);
		}
		for (const row of fitting) {
			const fromMs = boundMs(row.validFrom, Number.NEGATIVE_INFINITY);
			const toMs = boundMs(row.validTo, Number.POSITIVE_INFINITY);
			if (atMs >= fromMs && atMs < toMs) return { found: true, row, fromMs, toMs };
		}
		return none(
			'before-first-rate',
			`no price of ${label.toLowerCase()} in ${region} is known for that date`,
		);
	}

	/** Title and date of a source named in a row. */
	source(key: string): { readonly source: string; readonly date: string } {
		const source = this.document.sources[key];
		if (source === undefined) {
			throw new LamplightError('data_damaged', `rates: no source is named ${JSON.stringify(key)}`);
		}
		return { source: source.title, date: source.date };
	}

	/** The payer account's monthly allowances for a component at a moment. */
	allowances(atMs: number): readonly Allowance[] {
		return this.document.allowances.filter(
			(allowance) =>
				atMs >= boundMs(allowance.validFrom, Number.NEGATIVE_INFINITY) &&
				atMs < boundMs(allowance.validTo, Number.POSITIVE_INFINITY),
		);
	}
}

/** The region of prices that are the same everywhere. */
export const everywhere = 'global';

/** A book from an untrusted document. Throws `invalid_input` naming the first fields that are wrong. */
export function openRateBook(document: unknown): RateBook {
	const parsed = rateDocumentSchema.safeParse(document);
	if (parsed.success) return new RateBook(parsed.data);
	throw new LamplightError('invalid_input', 'this is not a document of rates', {
		fields: parsed.error.issues.slice(0, 10).map((issue) => ({
			path: issue.path.join('.'),
			message: issue.message,
		})),
	});
}

function none(reason: NotPricedReason, explanation: string): RateAnswer {
	return { found: false, reason, explanation };
}

function boundMs(day: string | null, otherwise: number): number {
	return day === null ? otherwise : Date.parse(`${day}T00:00:00Z`);
}

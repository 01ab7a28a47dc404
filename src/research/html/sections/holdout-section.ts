// How often were the data looked at that had been set aside? Each look after the first makes them worth less.
import { isoDate, isoTime } from '../../../domain/iso-time.ts';
import type { HoldoutOpening } from '../../holdout.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import type { ReportView } from '../report-view.ts';
import { dataTable, section } from './parts.ts';

/** Undefined where no ledger was handed in. */
export function holdoutSection({ data }: ReportView): Markup | undefined {
  const { holdoutOpenings } = data;
  if (holdoutOpenings === undefined) return undefined;
  const lead =
    'Data that were set aside may be looked at once, when everything is decided. Whoever looks again after changing something has made them training data.';
  if (holdoutOpenings.length === 0) {
    return section({ id: 'holdout', title: 'Holdout', lead }, markup`<p>The holdout has never been opened.</p>`);
  }
  const rows = openingsOf(holdoutOpenings).map(({ openedAt, runId, from, to, reason, ordinal, symbols }): Content[] => {
    const kind = ordinal > 1 ? 'text spent' : 'text';
    const name = ordinal > 1 ? `${ordinal}, no longer unseen` : '1, first';
    const cells = [
      name,
      isoTime(openedAt),
      runId,
      [...symbols].join(', '),
      `${isoDate(from)} to ${isoDate(to)}`,
      reason,
    ];
    return cells.map((cell) => markup`<td class="${kind}">${cell}</td>`);
  });
  return section(
    { id: 'holdout', title: 'Holdout', lead },
    dataTable({
      label: 'Openings of the holdout',
      head: ['Opening', 'When (UTC)', 'Run', 'Symbols', 'Data', 'Why'].map((text) => ({ text })),
      rows,
      keys: 0,
    }),
  );
}

interface Opening extends HoldoutOpening {
  readonly symbols: Set<string>;
}

/** The ledger has a line per symbol and configuration; those of one run, moment and count are one look. */
function openingsOf(ledger: readonly HoldoutOpening[]): Opening[] {
  const openings = new Map<string, Opening>();
  for (const line of ledger) {
    const key = JSON.stringify([line.runId, line.openedAt, line.ordinal, line.from, line.to]);
    const opening = openings.get(key) ?? { ...line, symbols: new Set<string>() };
    opening.symbols.add(line.symbol);
    openings.set(key, opening);
  }
  return [...openings.values()];
}

// How often were the data looked at that had been set aside? Each look after the first makes them worth less.
import { isoDate, isoTime } from '../../../domain/iso-time.ts';
import { markup, type Markup } from '../markup.ts';
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
  const rows = holdoutOpenings.map(({ openedAt, run, from, to, note }, index) => {
    const isSpent = index > 0;
    const mark = isSpent
      ? markup`<td class="text spent">${index + 1}, spent</td>`
      : markup`<td class="text">1, first</td>`;
    const cells = [isoTime(openedAt), run, `${isoDate(from)} to ${isoDate(to)}`, note ?? ''];
    return [mark, ...cells.map((cell) => markup`<td class="text${isSpent ? ' spent' : ''}">${cell}</td>`)];
  });
  return section(
    { id: 'holdout', title: 'Holdout', lead },
    dataTable({
      label: 'Openings of the holdout',
      head: ['Opening', 'When (UTC)', 'Run', 'Data', 'Why'].map((text) => ({ text })),
      rows,
      keys: 0,
    }),
  );
}

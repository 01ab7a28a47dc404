// Does the result stand on a plateau or on a peak? The Sharpe ratio when two settings are moved.
import { markup, type Content, type Markup } from '../markup.ts';
import { known, numberText, signedText } from '../number-text.ts';
import { heatCell, heatLimit } from '../plot/heat.ts';
import type { SensitivityMap } from '../report-data.ts';
import type { ReportView } from '../report-view.ts';
import { figure, figureGrid, scrolling, section } from './parts.ts';

/** Undefined without maps: nothing is said of what was not done. */
export function sensitivitySection({ data }: ReportView): Markup | undefined {
  const { sensitivity = [] } = data;
  if (sensitivity.length === 0) return undefined;
  return section(
    {
      id: 'sensitivity',
      title: 'Sensitivity',
      lead: 'Sharpe ratio, and below it the number of trades, when two settings are moved. A good cell among bad neighbours is luck; only a whole region of one colour is worth anything.',
    },
    figureGrid(sensitivity.map(map)),
  );
}

function map({ title, xKey, yKey, xs, ys, sharpe, trades }: SensitivityMap): Markup {
  const limit = heatLimit(sharpe.flat().map(known));
  const name = title ?? `${yKey} by ${xKey}`;
  const rows = ys.map((y, row): Content => {
    const cells = xs.map((_, column) => {
      const value = known(sharpe[row]?.[column]);
      return heatCell(
        { value, content: markup`${signedText(value)}<small>${numberText(trades[row]?.[column], 0)}</small>` },
        limit,
      );
    });
    return markup`<tr><th scope="row">${y}</th>${cells}</tr>
`;
  });
  return figure(
    markup`${name}<span class="note">down: ${yKey}; across: ${xKey}</span>`,
    scrolling(
      name,
      markup`<table class="heat-map"><thead><tr><th scope="col"></th>${xs.map((x) => markup`<th scope="col">${x}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
    ),
  );
}

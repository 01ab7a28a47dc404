// What did a trade earn for what it risked? Its net result in units of the loss at its stop.
import { known } from '../number-text.ts';
import type { ReportTrade } from '../report-data.ts';

/** R of a trade; undefined where nothing was at risk. */
export function multipleOf({ netPnl, initialRisk }: Pick<ReportTrade, 'netPnl' | 'initialRisk'>): number | undefined {
  const risk = known(initialRisk);
  return risk === undefined || !(risk > 0) ? undefined : netPnl / risk;
}

// Where do funding rates come from? A named store of funding histories per symbol.
import type { FundingSeries } from '../domain/funding.ts';

export interface FundingSource {
  /**
   * The funding history with stamps on the whole minute; undefined when none is stored for `symbol`.
   * @throws PerpilotError DATA_CORRUPT, all problems at once, when the stored history may not be used
   */
  funding(symbol: string): Promise<FundingSeries | undefined>;
}

// What do the words of the report mean? One line each.
import { markup, type Markup } from '../markup.ts';
import { section } from './parts.ts';

const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  ['AUC', 'Chance that the model ranks a trade that came true above one that did not; 0.5 is guessing.'],
  ['Basis point', 'One hundredth of a percent.'],
  ['Buy and hold', 'One position bought on the first day without borrowing and sold on the last, with the same costs.'],
  ['Calibration', 'How well predicted probabilities agree with what came true.'],
  [
    'Deflated Sharpe ratio',
    'Probability that the Sharpe ratio beats what the best of all trials would show without any edge.',
  ],
  ['Drawdown', 'Loss from the highest equity so far, as a fraction of it.'],
  [
    'Edge',
    'More than luck explains: enough trades, a deflated Sharpe ratio above 0.95, an interval of the Sharpe ratio above zero, and a search that as a whole beats doing nothing.',
  ],
  ['Embargo', 'Time between training and test data that is left out, so that neither knows of the other.'],
  ['Equity', 'Money in the account plus the present gain or loss of the open position.'],
  ['Exposure', 'Value of the position as a share of equity.'],
  ['Fold', 'One stretch of training followed by one stretch of test that the model has not seen.'],
  [
    'Funding',
    'Payment between longs and shorts of a perpetual future every few hours; a positive rate is paid by longs.',
  ],
  ['Holdout', 'Data set aside to be looked at once, at the very end.'],
  ['Meta-model', 'The model that judges whether a signal of the primary strategy is worth its costs.'],
  ['Performance guard', 'Reduces or pauses trading after losses.'],
  ['Profit factor', 'Sum of all gains over sum of all losses, after costs; 1 is break-even.'],
  [
    'PBO',
    'Probability of backtest overfitting: how often the best variant in one half of the data is a poor one in the other.',
  ],
  ['R', 'Result of a trade in units of what it would have lost at its stop, before costs.'],
  ['Random entries', 'The same trades begun at random times: the chance that they do as well.'],
  ['Regime', 'What the market is doing: trending up or down, ranging, or highly volatile.'],
  ['Risk level', 'A set of settings, from conservative to aggressive.'],
  ['Sharpe ratio', 'Mean over spread of daily returns, per year of 365 days.'],
  ['Slippage', 'How much worse a fill was than the price seen when it was decided.'],
  ['Stop, target', 'Prices at which a position is closed with a loss or a gain.'],
  ['Trial', 'One configuration that was evaluated; the more trials, the better the best looks by luck.'],
  ['Variant', 'The same risk level with one choice made differently.'],
  ['Volatility', 'Spread of returns; at equal volatility, curves move equally much.'],
  ['Walk-forward', 'Fold after fold through time, always training on the past and testing on what follows.'],
];

export function glossarySection(): Markup {
  return section(
    { id: 'glossary', title: 'Words' },
    markup`<dl class="glossary">${WORDS.map(
      ([word, meaning]) => markup`<div><dt>${word}</dt><dd>${meaning}</dd></div>
`,
    )}</dl>`,
  );
}

// What does a verdict mean for a person with money? One plain answer per word, and the reason for it.
import type { LevelWord } from '../../verdict.ts';

export interface Meaning {
  /** How it looks: a sign beside the word. */
  readonly sign: 'no' | 'partly' | 'yes' | 'alarm';
  /** What to do. */
  readonly advice: string;
  readonly reason: string;
}

export const MEANINGS: Readonly<Record<LevelWord, Meaning>> = {
  recommended: {
    sign: 'yes',
    advice: 'Worth watching on paper money first.',
    reason:
      'On this history it earned more than luck explains and kept every target that was set beforehand. That is one past, not a promise: losses several times the drawdown shown here remain possible.',
  },
  'edge, targets missed': {
    sign: 'partly',
    advice: 'Not good enough for money.',
    reason:
      'It earned more than luck explains, but missed at least one of the targets that were set beforehand. Lowering a target after seeing the result would make it worthless.',
  },
  'edge, but folds failed': {
    sign: 'partly',
    advice: 'Not for money until the failed tests are repaired.',
    reason:
      'It earned more than luck explains in the tests that ran, but some could not be run, and nobody knows how those would have ended.',
  },
  'edge in some symbols only': {
    sign: 'partly',
    advice: 'Not for money.',
    reason:
      'It earned more than luck explains on some symbols and not on others. Nobody could have known beforehand which ones; keeping only the winners is hindsight.',
  },
  'edge, but not in most folds': {
    sign: 'partly',
    advice: 'Not for money.',
    reason:
      'Over the whole time it earned more than luck explains, but in too few of the test windows: some good stretches carried all the others. Whoever had begun in another month would have lost.',
  },
  'no edge found': {
    sign: 'no',
    advice: 'Do not put money on this.',
    reason: 'After all costs, on data the models had never seen, the result cannot be told from luck.',
  },
  'leak suspected': {
    sign: 'alarm',
    advice: 'Believe no figure on this page, and put no money on it.',
    reason:
      'A model was too good to be true on data it should not have known. Most likely something about the future leaked into its inputs.',
  },
};

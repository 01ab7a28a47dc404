// What do the options of the research command say? Words and numbers, checked by themselves and against each other.
import { availableParallelism } from 'node:os';
import { PerpilotError, type Problem } from '../domain/errors.ts';
import type { ConfigOptions } from './arguments.ts';

export interface ResearchOptions extends ConfigOptions {
  readonly symbols?: readonly string[];
  readonly years?: string;
  readonly riskLevels?: readonly string[];
  readonly data?: string;
  readonly out?: string;
  readonly ledger?: string;
  readonly jobs?: string;
  readonly seed?: string;
  readonly embedded: boolean;
  /** True without a word behind it. */
  readonly portfolio?: boolean | string;
  readonly fromManifest?: string;
  readonly sweep?: readonly string[];
  readonly sweepSample?: string;
  readonly resume?: string;
  readonly openHoldout?: string;
  readonly again?: boolean;
  readonly json: boolean;
}

export interface RunNumbers {
  readonly years: number;
  readonly seed: number;
  readonly jobs: number;
}

interface NumberRule {
  readonly otherwise: number;
  readonly isRight: (value: number) => boolean;
  readonly says: string;
}

const MOST_THREADS = 8;

/** Numbers of the options, else those of the manifest or the settings. @throws PerpilotError ARGUMENT_INVALID */
export function readNumbers(
  options: Pick<ResearchOptions, 'years' | 'seed' | 'jobs'>,
  otherwise: Pick<RunNumbers, 'years' | 'seed'>,
): RunNumbers {
  const problems: Problem[] = [];
  const read = (name: string, text: string | undefined, rule: NumberRule): number => {
    if (text === undefined) return rule.otherwise;
    const value = Number(text);
    if (text.trim() === '' || !rule.isRight(value)) {
      problems.push({ message: `${name} ${text}: ${rule.says}`, where: name });
    }
    return value;
  };
  const numbers = {
    years: read('--years', options.years, {
      otherwise: otherwise.years,
      isRight: (value) => value > 0 && value <= 50,
      says: 'a number above 0 and at most 50 is needed',
    }),
    seed: read('--seed', options.seed, {
      otherwise: otherwise.seed,
      isRight: (value) => Number.isInteger(value) && value >= 0 && value <= 4_294_967_295,
      says: 'a whole number from 0 to 4294967295 is needed',
    }),
    jobs: read('--jobs', options.jobs, {
      otherwise: Math.min(availableParallelism(), MOST_THREADS),
      isRight: (value) => Number.isInteger(value) && value >= 1 && value <= 256,
      says: 'a whole number from 1 to 256 is needed',
    }),
  };
  if (problems.length > 0) throw new PerpilotError('ARGUMENT_INVALID', problems);
  return numbers;
}

/** @throws PerpilotError ARGUMENT_INVALID unless it is a whole number of at least 1 */
export function readSampleSize(text: string): number {
  const size = Number(text);
  if (text.trim() !== '' && Number.isInteger(size) && size >= 1) return size;
  const message = `--sweep-sample ${text}: a whole number of at least 1 is needed`;
  throw new PerpilotError('ARGUMENT_INVALID', [{ message, where: '--sweep-sample' }]);
}

/** Words given one by one or with commas between them; undefined: the option was not given. */
export function wordsOf(words: readonly string[] | undefined): readonly string[] | undefined {
  return words
    ?.flatMap((word) => word.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** @throws PerpilotError ARGUMENT_INVALID when `words` are none at all or one of them is named twice */
export function refuseUnusableWords(name: string, words: readonly string[]): void {
  const twice = [...new Set(words.filter((word, index) => words.indexOf(word) !== index))];
  const problems = twice.map((word): Problem => ({ message: `${word} is named twice`, where: name }));
  if (words.length === 0) problems.push({ message: 'nothing is named', where: name });
  if (problems.length > 0) throw new PerpilotError('ARGUMENT_INVALID', problems);
}

/** Accounts over all symbols: none, beside the symbols by themselves, or nothing else. */
export type PortfolioWish = 'none' | 'beside' | 'only';

/** @throws PerpilotError ARGUMENT_INVALID for another word than `only` */
export function readPortfolioWish(portfolio: ResearchOptions['portfolio']): PortfolioWish {
  if (portfolio === undefined || portfolio === false) return 'none';
  if (portfolio === true) return 'beside';
  if (portfolio === 'only') return 'only';
  const message = `--portfolio ${portfolio}: nothing or the word only is needed`;
  throw new PerpilotError('ARGUMENT_INVALID', [{ message, where: '--portfolio' }]);
}

/** Options that say again, or otherwise, what a manifest says. */
const SAID_BY_MANIFEST = [
  ['config', '--config'],
  ['set', '--set'],
  ['symbols', '--symbols'],
  ['years', '--years'],
  ['riskLevels', '--risk-levels'],
  ['seed', '--seed'],
  ['sweep', '--sweep'],
  ['sweepSample', '--sweep-sample'],
  ['openHoldout', '--open-holdout'],
  ['portfolio', '--portfolio'],
] as const;

/** @throws PerpilotError ARGUMENT_INVALID when two options contradict each other */
export function refuseContradictions(options: ResearchOptions): void {
  const problems: Problem[] = [];
  if (options.out?.trim() === '') problems.push({ message: 'no folder is named', where: '--out' });
  if (options.embedded && options.data !== undefined) {
    problems.push({ message: '--embedded and --data cannot be given together', where: '--embedded' });
  }
  if (options.sweepSample !== undefined && options.sweep === undefined) {
    problems.push({ message: '--sweep-sample needs --sweep', where: '--sweep-sample' });
  }
  if (options.portfolio === true && options.sweep !== undefined) {
    problems.push({
      message: '--portfolio and --sweep cannot be given together',
      where: '--portfolio',
      hint: '--portfolio only makes every combination of the sweep an account over all symbols',
    });
  }
  if (options.again === true && options.openHoldout === undefined && options.fromManifest === undefined) {
    problems.push({ message: '--again needs --open-holdout', where: '--again' });
  }
  if (options.fromManifest !== undefined) {
    const hint = 'leave it out, or begin a new run without --from-manifest';
    for (const [key, name] of SAID_BY_MANIFEST) {
      if (options[key] !== undefined)
        problems.push({ message: `the manifest says what ${name} says`, where: name, hint });
    }
    if (options.embedded)
      problems.push({ message: 'the manifest says where the data come from', where: '--embedded', hint });
  }
  if (problems.length > 0) throw new PerpilotError('ARGUMENT_INVALID', problems);
}

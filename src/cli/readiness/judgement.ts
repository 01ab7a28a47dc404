// What does an item of the checklist amount to? Passed, failed, or left to a person.
import type { Check } from '../doctor/check.ts';
import type { Examination } from '../doctor/examine.ts';
import type { DrillName, DrillReport } from '../drills/drills.ts';
import type { Environment } from '../terminal.ts';
import type { Validation } from './validation.ts';

export interface Judgement {
  /** `person`: no machine knows; it has to be signed. */
  readonly result: 'passed' | 'failed' | 'person';
  readonly says: string;
}

/** Everything that items are judged by. */
export interface ReadinessFacts {
  readonly examination: Examination;
  /** A text: why there is none. */
  readonly validation: Validation | string;
  readonly drills: Readonly<Partial<Record<DrillName, DrillReport>>>;
  readonly env: Environment;
}

export const SECTIONS = ['infrastructure', 'setup', 'validation', 'risk', 'monitoring', 'automation'] as const;

export interface ReadinessItem {
  readonly id: string;
  readonly section: (typeof SECTIONS)[number];
  readonly what: string;
  /** Undefined: only a person knows. */
  readonly judge?: (facts: ReadinessFacts) => Judgement;
}

export const passed = (says: string): Judgement => ({ result: 'passed', says });
export const failed = (says: string): Judgement => ({ result: 'failed', says });
export const person = (says: string): Judgement => ({ result: 'person', says });

export const judged = (holds: boolean, good: string, bad: string): Judgement => (holds ? passed(good) : failed(bad));

/** By what the doctor found under these ids. A warning fails where `strict` says so. */
export function byChecks(ids: readonly string[], strict = false): (facts: ReadinessFacts) => Judgement {
  return ({ examination }) => {
    const checks = examination.checks.filter(({ id }) => ids.includes(id));
    const missing = ids.filter((id) => !checks.some((check) => check.id === id));
    const bad = checks.filter(({ result }) => result === 'failed' || (strict && result === 'warning'));
    if (bad.length > 0) return failed(bad.map(sentence).join('; '));
    if (missing.length > 0) return failed(`not looked at, since something else failed: ${missing.join(', ')}`);
    const open = checks.filter(({ result }) => result === 'unknown');
    if (open.length > 0) return person(open.map(({ says }) => says).join('; '));
    return passed(checks.map(({ says }) => says).join('; '));
  };
}

const sentence = ({ says, mend }: Check): string => (mend === null ? says : `${says} (${mend})`);

/** By what the bot showed on the test site. */
export function byValidation(judge: (validation: Validation, facts: ReadinessFacts) => Judgement) {
  return (facts: ReadinessFacts): Judgement =>
    typeof facts.validation === 'string' ? failed(facts.validation) : judge(facts.validation, facts);
}

export function byDrill(name: DrillName): (facts: ReadinessFacts) => Judgement {
  return ({ drills }) => {
    const report = drills[name];
    if (report === undefined) return failed(`perpilot drill ${name} was not run`);
    const bad = report.steps.find((step) => !step.passed);
    return bad === undefined
      ? passed(`drill ${name}: ${report.steps.length} steps passed`)
      : failed(`drill ${name}: ${bad.step}: ${bad.says}`);
  };
}

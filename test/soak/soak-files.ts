// Is any file of the bot without a bound? Every one in its folder has a rule, and one without a rule is a finding.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const KIB = 1024;
const MIB = 1024 * KIB;

interface FileRule {
  readonly name: RegExp;
  /** Most bytes of one such file; undefined: it grows by every close and trade. */
  readonly most: number | undefined;
  readonly says: string;
}

/** Settings that the soak gives to the bot, so that files turn within minutes. */
export const LOG_MAX_MIB = 0.25;
export const LOG_KEEP_MIB = 1;

const RULES: readonly FileRule[] = [
  { name: /^journal\.sqlite$/, most: undefined, says: 'grows with every close, order and incident' },
  { name: /^journal\.sqlite-wal$/, most: 16 * MIB, says: 'written back to the journal every 1,000 pages' },
  { name: /^journal\.sqlite-shm$/, most: MIB, says: 'index of the one above' },
  { name: /^models\/[^/]+\.json$/, most: 16 * MIB, says: 'one for each model that the journal names' },
  {
    name: /^logs\/bot_[\d-]+(\.\d+)?\.log(\.gz)?(\.tmp)?$/,
    most: (LOG_MAX_MIB + 0.05) * MIB,
    says: 'turned at operations.log_max_mb',
  },
  { name: /^logs\/\.?bot_status\.json(\..*)?$/, most: 64 * KIB, says: 'replaced as a whole' },
  { name: /^(watchdog\.log|control-log\.jsonl)(\.1)?$/, most: 1.1 * MIB, says: 'one old one is kept' },
  { name: /^\.?(heartbeat|watchdog-report|kill-report)\.json(\..*)?$/, most: 64 * KIB, says: 'replaced as a whole' },
  { name: /^(lock|watchdog)\.sqlite([-.].*)?$/, most: 64 * KIB, says: 'held by a process' },
  { name: /^(KILL|PAUSE|control-token|control-port)$/, most: KIB, says: 'a switch or a word' },
];

export interface FileSize {
  readonly name: string;
  readonly bytes: number;
}

export function filesOf(folder: string): readonly FileSize[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: relative(folder, path), bytes: statSync(path, { throwIfNoEntry: false })?.size ?? 0 }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

export const ruleOf = (name: string): FileRule | undefined => RULES.find((rule) => rule.name.test(name));

/** What breaks its rule, in words. */
export function unbounded(files: readonly FileSize[]): readonly string[] {
  const broken = files.flatMap(({ name, bytes }) => {
    const rule = ruleOf(name);
    if (rule === undefined) return [`${name}: no rule says how large it may be`];
    return rule.most !== undefined && bytes > rule.most ? [`${name}: ${bytes} bytes, ${rule.most} are allowed`] : [];
  });
  const logs = files
    .filter(({ name }) => /^logs\/bot_[\d-]+.*log/.test(name))
    .reduce((sum, { bytes }) => sum + bytes, 0);
  const most = (LOG_KEEP_MIB + 2 * LOG_MAX_MIB) * MIB;
  return logs > most ? [...broken, `logs: ${logs} bytes together, ${most} are allowed`] : broken;
}

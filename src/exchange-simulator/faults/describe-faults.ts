// What does the reference page of faults say? How a script is written, and every row of the catalogue.
import { FAULT_CATALOGUE } from './catalogue.ts';
import type { FaultExtent } from './fault-entry.ts';
import type { FaultRow, FaultScope, ParameterRule } from './fault-row.ts';

const LAYERS = { H: 'HTTP', W: 'stream', E: 'exchange', C: 'clock' } as const;

const NARROWINGS: Readonly<Record<FaultScope['counts'], string>> = {
  requests: '`symbol`, `path`',
  frames: '`symbol`, `topic`, `channel`',
  'client-frames': '`channel`',
  closes: '`symbol`',
};

/** The page; `generated` says how it came about. */
export function describeFaults(generated: string): string {
  return [
    '# Faults of the exchange simulator',
    '',
    generated,
    '',
    'A fault script is a YAML file for `perpilot exchange-simulator --faults FILE`. The same script, seed and sequence of',
    'requests give the same faults. Wrong scripts are refused with every problem at once.',
    '',
    '```yaml',
    'seed: 7',
    'faults:',
    '  - fault: 1                    # row of the catalogue, or its name',
    '    at: 2024-01-03T04:00:00Z    # market time',
    '    symbol: BTCUSDT',
    '  - fault: connection-drops',
    '    every: 6h                   # market time',
    '    for_wall: 2s',
    '  - { fault: 18, rate: 0.02, delay_ms: 800, topic: kline }',
    '  - { fault: 26, request: 5, share: 0.3 }',
    '```',
    '',
    '## When a fault is in force',
    '',
    '| Key | Meaning |',
    '|---|---|',
    '| `at` | It begins at this market time, ISO 8601 in UTC. |',
    '| `every` | It begins again and again after this span of market time. |',
    '| `request` | It begins with the n-th match: request, frame or close, as the row counts. |',
    '| `rate` | Every match makes it begin with this chance, 0 to 1. |',
    '| none of these | It begins with the script and lasts until it is cleared, unless an end is given. |',
    '| `count` | It ends after so many matches. |',
    '| `for` | It ends after this span of market time: `250ms`, `2s`, `10m`, `6h`, `1d`. |',
    '| `for_wall` | It ends after this span of wall time. |',
    '| `at_most` | With `every` and `rate`: it begins at most so often. |',
    '| `symbol`, `path`, `topic`, `channel` | What it is narrowed to. `path` and `topic` are beginnings and take the place of the matches that the row names; `channel` is `public`, `private` or `trade`. |',
    '',
    'A fault that needs something to meet, such as a position, waits for it until its span ends. Faults are added, listed',
    'and cleared at run time through the control API, which also shows the log of what was injected.',
    '',
    '## Catalogue',
    '',
    ...FAULT_CATALOGUE.flatMap(sectionOf),
  ].join('\n');
}

function sectionOf(row: FaultRow): string[] {
  const { number, name, says, layers, scope, parameters } = row;
  const rules = Object.entries(parameters);
  return [
    `### ${number} ${name}`,
    '',
    says,
    '',
    `- Acts on: ${layers.map((layer) => LAYERS[layer]).join(', ')}.`,
    `- Matches: ${scope.says}; narrowed by ${NARROWINGS[scope.counts]}.`,
    `- Lasts, when the script does not say: ${lastingText(row)}.`,
    ...rules.map(([key, rule]) => `- \`${key}\`: ${rule.says} (${ruleText(rule)}).`),
    '',
  ];
}

/** How long it lasts, and how long after a match where that is something else. */
function lastingText({ lasts, lastsByMatch = { count: 1 } }: FaultRow): string {
  const [usual, byMatch] = [extentText(lasts), extentText(lastsByMatch)];
  return lasts.moment === true || usual === byMatch ? usual : `${usual}; when a match made it begin, ${byMatch}`;
}

function extentText({ count, marketMs, wallMs, moment }: FaultExtent): string {
  if (moment === true) return 'a moment';
  const parts = [
    count === undefined ? undefined : count === 1 ? 'one match' : `${count} matches`,
    marketMs === undefined ? undefined : `${spanText(marketMs)} of market time`,
    wallMs === undefined ? undefined : `${spanText(wallMs)} of wall time`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'until it is cleared' : parts.join(' or ');
}

function ruleText({ kind, default: value, words, min, max }: ParameterRule): string {
  const bounds = [min === undefined ? undefined : `from ${min}`, max === undefined ? undefined : `to ${max}`];
  const range = bounds.filter((part) => part !== undefined).join(' ');
  const choices =
    words === undefined
      ? kind === 'flag'
        ? '`true` or `false`'
        : range
      : words.map((word) => `\`${word}\``).join(', ');
  const usual = kind === 'span' && typeof value === 'number' ? spanText(value) : String(value);
  return [choices, value === undefined ? undefined : `default \`${usual}\``]
    .filter((part) => part !== undefined && part !== '')
    .join('; ');
}

/** The shortest way to write a span. */
function spanText(spanMs: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const;
  const [name, size] = units.find((unit) => spanMs % unit[1] === 0) ?? (['ms', 1] as const);
  return `${spanMs / size}${name}`;
}

// What do the commands below `perpilot models` answer? Lines for people and an object for programs, from the same facts.
import { isoDate, isoTime } from '../domain/iso-time.ts';
import type { ModelSlot, ModelStore, ModelVersion, Registry } from '../ports/model-store.ts';
import type { FollowReport } from '../live/models/model-follower.ts';
import { formatNumber, formatPercent } from '../research/format-number.ts';
import { table } from '../research/markdown-table.ts';
import type { AccountRecord } from '../renewal/promotion-gate.ts';
import { artefactFacts, type ArtefactFacts } from '../training/model-artefact.ts';
import { slotOf, statusOf } from '../training/registry-changes.ts';
import { knownModels, shortOf, versionOf } from './open-models.ts';
import type { PromotionAnswer } from './run-models.ts';
import type { WatchedSymbol } from './run-watch.ts';

export interface ModelsAnswer {
  /** False: the answer is negative. */
  readonly ok: boolean;
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

/** Every model, who trades, and which backups there are. */
export async function listAnswer(store: ModelStore): Promise<ModelsAnswer> {
  const registry = await store.registry();
  const { models, unreadable } = await knownModels(store);
  const backups = await store.backups();
  const rows = models.map(({ version, facts: { card } }) => [
    shortOf(version),
    card.symbol,
    statusOf(registry, version),
    `${isoDate(card.trainFrom)} to ${isoDate(card.validationUntil)}`,
    String(card.trainSamples + card.validationSamples),
    formatNumber(card.validationAuc, 3),
    formatNumber(card.validationBrier, 4),
    card.skilled ? 'yes' : 'no',
  ]);
  const lines = [
    ...(models.length === 0
      ? [`No model in ${store.place}: perpilot train makes some.`]
      : table(['Model', 'Symbol', 'State', 'Learnt from', 'Labels', 'AUC', 'Brier', 'Skill'], rows)),
    ...unreadable.map((version) => `Damaged: ${version}. perpilot models verify says more.`),
    ...registry.slots
      .filter(({ champion }) => champion === undefined)
      .map(({ symbol }) => `${symbol}: nobody trades it.`),
    ...(backups.length === 0 ? [] : [`Backups of revisions ${backups.map(({ revision }) => revision).join(', ')}.`]),
  ];
  const listed = models.map(({ version, facts }) => ({
    version,
    status: statusOf(registry, version),
    card: facts.card,
  }));
  const json = {
    place: store.place,
    revision: registry.revision,
    slots: registry.slots,
    models: listed,
    unreadable,
    backups,
  };
  return { ok: unreadable.length === 0, json, lines };
}

/** The card of one model. */
export async function showAnswer(store: ModelStore, word: string): Promise<ModelsAnswer> {
  const version = await versionOf(store, word);
  const facts = artefactFacts(await store.read(version));
  const registry = await store.registry();
  const changes = registry.changes.filter(({ from, to }) => from === version || to === version);
  const status = statusOf(registry, version);
  const lines = [
    `Model ${version}`,
    ...cardRows(facts).map(([name, value]) => `${name.padEnd(22)} ${value}`),
    `${'State'.padEnd(22)} ${status}`,
    ...profileLines(facts),
    ...changes.map(({ at, kind, by, reasons }) => `${isoTime(at)} UTC ${kind} by ${by}: ${reasons.join('; ')}`),
  ];
  return { ok: true, json: { version, status, changes, ...facts }, lines };
}

function cardRows({ card, provenance, profile }: ArtefactFacts): [string, string][] {
  const { history, labels, symbols, expected } = profile ?? {};
  return [
    ['Symbol', card.symbol],
    ['Learnt with', symbols === undefined || symbols.length < 2 ? 'its own history alone' : symbols.join(', ')],
    ['Learnt from', `${isoTime(card.trainFrom)} to ${isoTime(card.trainUntil)} UTC`],
    ['Validated on', `${isoTime(card.trainUntil)} to ${isoTime(card.validationUntil)} UTC`],
    [
      'History',
      history === undefined
        ? 'n/a'
        : `${formatNumber(history.days, 1)} days, ${formatPercent(history.coverage)} of the candles`,
    ],
    ['Labels', `${card.trainSamples} fitted on, ${card.validationSamples} held back`],
    [
      'Label rule',
      labels === undefined
        ? 'n/a'
        : `profit ${labels.profitBarrier}, stop ${labels.stopBarrier} (${labels.width}), ${labels.horizonHours} h, net above ${labels.minNetReturn}`,
    ],
    ['Features', `${card.features.length}, schema ${card.schemaHash}`],
    ['AUC', formatNumber(card.validationAuc, 4)],
    ['Log-loss', formatNumber(card.validationLogLoss, 4)],
    ['Brier score', `${formatNumber(card.validationBrier, 4)}, skill ${formatNumber(card.validationBrierSkill, 4)}`],
    ['Base rate', formatPercent(card.baseRate)],
    ['Break-even', formatPercent(card.breakEven)],
    ['Skill', card.skilled ? 'yes' : 'no: the base rate stands for every prediction'],
    [
      'Expected trades',
      expected === undefined || expected.meanNetReturn === undefined
        ? 'n/a: no held-back label reaches break-even'
        : `${expected.trades}, won ${formatPercent(expected.winRate)}, mean net ${formatPercent(expected.meanNetReturn)}`,
    ],
    ['Seed', card.seed],
    [
      'Data, settings, code',
      `${provenance.dataHash.slice(0, 16)}, ${provenance.configHash}, ${provenance.codeVersion}`,
    ],
  ];
}

function profileLines({ profile }: ArtefactFacts): string[] {
  if (profile === undefined) return [];
  return [
    '',
    ...table(
      ['Predicted', 'Labels', 'Came true'],
      profile.calibration.map(({ predicted, count, won }) => [
        formatPercent(predicted),
        String(count),
        formatPercent(won / count),
      ]),
    ),
    '',
    ...table(
      ['Feature', 'Shuffled (log-loss)', 'Contribution', 'Gain', 'Splits'],
      profile.importance
        .slice(0, 10)
        .map(({ feature, permutation, contribution, gain, splits }) => [
          feature,
          formatNumber(permutation, 6),
          formatNumber(contribution, 4),
          formatNumber(gain, 1),
          String(splits),
        ]),
    ),
    '',
  ];
}

/** Two cards side by side. */
export async function compareAnswer(store: ModelStore, first: string, second: string): Promise<ModelsAnswer> {
  const registry = await store.registry();
  const sides = [];
  for (const word of [first, second]) {
    const version = await versionOf(store, word);
    sides.push({ version, status: statusOf(registry, version), facts: artefactFacts(await store.read(version)) });
  }
  const [a, b] = sides.map(({ facts }) => cardRows(facts));
  const rows = a.map(([name, value], row) => [name, value, b[row][1], value === b[row][1] ? '' : 'differs']);
  const head = ['', ...sides.map(({ version, status }) => `${shortOf(version)} (${status})`), ''];
  const notes = await Promise.all(sides.map(async ({ version }) => shadowsOf(store, version)));
  const models = sides.map(({ version, status, facts }, at) => ({ version, status, ...facts, shadows: notes[at] }));
  const shadows = sides.flatMap(({ version }, at) => notes[at].flatMap((each) => shadowLines(version, each)));
  return { ok: true, json: { models }, lines: [...table(head, rows), ...shadows] };
}

/** What the bots have written down of a challenger. */
async function shadowsOf(store: ModelStore, version: ModelVersion) {
  const notes = await store.shadowNotes(version);
  // Written by the bots of `live/models`.
  return notes.map(({ by, text }) => ({ by, ...(JSON.parse(text) as ShadowNote) }));
}

interface ShadowNote {
  readonly from: number;
  readonly until: number;
  readonly challenger: FollowReport;
  readonly champion?: FollowReport;
}

function shadowLines(version: ModelVersion, note: ShadowNote & { readonly by: string }): string[] {
  const { by, from, until, challenger, champion } = note;
  const days = `${isoTime(from)} to ${isoTime(until)} UTC`;
  return [
    `${shortOf(version)} at ${by}, beside the champion from ${days}, would have traded ${sideOf(challenger)}`,
    ...(champion === undefined ? [] : [`  the champion over the same signals: ${sideOf(champion)}`]),
  ];
}

function sideOf({ wanted, signals, trades, wins, meanNetReturn, brier }: FollowReport): string {
  const said = `${wanted} of ${signals} signals; ${trades} ended, ${wins} won`;
  return `${said}, ${formatPercent(meanNetReturn)} each after costs; Brier ${formatNumber(brier, 4)}`;
}

/** Whether the candidates trade now, and every reason. */
export function promotionAnswer({ promoted, candidates, contest, revision }: PromotionAnswer): ModelsAnswer {
  const names = candidates.map(({ symbol, version }) => `${symbol} ${shortOf(version)}`).join(', ');
  const lines = [
    ...(contest === undefined ? [] : contestLines(contest)),
    promoted ? `Promoted: ${names}.` : `Not promoted: ${names}. Who traded before trades on.`,
  ];
  return { ok: promoted, json: { promoted, candidates, revision, contest }, lines };
}

/** The accounts and the checks of a contest. */
export function contestLines({
  from,
  until,
  champion,
  challenger,
  verdict,
}: NonNullable<PromotionAnswer['contest']>): string[] {
  return [
    `Traded from ${isoTime(from)} to ${isoTime(until)} UTC:`,
    ...table(
      ['', 'Trades', 'Sharpe', 'Profit factor', 'Drawdown', 'Return', 'Brier'],
      [
        ...(champion === undefined ? [] : [['champion', ...recordRow(champion)]]),
        ['challenger', ...recordRow(challenger)],
      ],
    ),
    ...verdict.checks.map(({ holds, says }) => `${holds ? 'for    ' : 'against'} ${says}`),
  ];
}

function recordRow({ trades, sharpe, profitFactor, maxDrawdown, totalReturn, brier }: AccountRecord): string[] {
  return [
    String(trades),
    formatNumber(sharpe, 2),
    profitFactor === Infinity ? 'no loss' : formatNumber(profitFactor, 2),
    formatPercent(maxDrawdown),
    formatPercent(totalReturn),
    formatNumber(brier, 4),
  ];
}

/** Who trades a symbol now. */
export function slotAnswer(registry: Registry, symbol: string): ModelsAnswer {
  const slot = slotOf(registry, symbol);
  return { ok: true, json: { revision: registry.revision, slot }, lines: [slotLine(slot)] };
}

function slotLine({ symbol, champion, challenger }: ModelSlot): string {
  const challenge = challenger === undefined ? '' : `, challenged by ${shortOf(challenger)}`;
  return champion === undefined
    ? `${symbol}: nobody trades it, so nothing is opened there${challenge}.`
    : `${symbol}: ${shortOf(champion)} trades${challenge}.`;
}

/** What is wrong with the files. */
export async function verifyAnswer(store: ModelStore): Promise<ModelsAnswer> {
  const faults = await store.verify();
  const models = (await store.versions()).length;
  const lines =
    faults.length === 0
      ? [`${models} models and all records in ${store.place} are whole.`]
      : faults.map(({ file, problem }) => `${file}: ${problem}`);
  return { ok: faults.length === 0, json: { place: store.place, models, faults }, lines };
}

/** Which models are gone. */
export function pruneAnswer(removed: readonly ModelVersion[]): ModelsAnswer {
  return {
    ok: true,
    json: { removed },
    lines: [`Removed ${removed.length} archived models.`, ...removed.map(shortOf)],
  };
}

/** Who trades after a restore. */
export function restoreAnswer(registry: Registry): ModelsAnswer {
  return {
    ok: true,
    json: { revision: registry.revision, slots: registry.slots },
    lines: registry.slots.map(slotLine),
  };
}

/** How champions do since their training, and what was done about it. */
export function watchAnswer(watched: readonly WatchedSymbol[]): ModelsAnswer {
  const rows = watched.map(({ symbol, version, report, action }) => [
    symbol,
    shortOf(version),
    ...(report === undefined
      ? ['-', '-', '-', '-', '-']
      : [
          String(report.outcomes),
          formatNumber(report.brier, 4),
          formatNumber(report.promisedBrier, 4),
          report.drift.length === 0 ? '-' : `${report.drift[0].feature} ${formatNumber(report.drift[0].psi, 2)}`,
          report.alarms.map(({ kind, at }) => `${kind} ${isoDate(at)}`).join(', ') || 'none',
        ]),
    action.kind === 'none' ? '' : `${action.kind}: ${action.reason}`,
  ]);
  const head = ['Symbol', 'Champion', 'Outcomes', 'Brier', 'Promised', 'Most moved (PSI)', 'Alarms', 'What follows'];
  const lines = watched.length === 0 ? ['Nobody trades, so nobody is watched.'] : table(head, rows);
  return { ok: watched.every(({ report }) => (report?.alarms ?? []).length === 0), json: { watched }, lines };
}

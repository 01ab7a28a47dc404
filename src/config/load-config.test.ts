import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { choicesOf, expectationOf } from './expectation.ts';
import { loadConfig, tryLoadConfig, type ConfigRequest } from './load-config.ts';
import { readOverride } from './read-override.ts';
import { configRules } from './rules.ts';
import { configSchema } from './schema.ts';
import { settingsOf } from './schema-walk.ts';

const folder = mkdtempSync(join(tmpdir(), 'perpilot-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileOf(text: string): string {
  files += 1;
  const path = join(folder, `${files}.yaml`);
  writeFileSync(path, text);
  return path;
}

function problemsOf(request: ConfigRequest): readonly Problem[] {
  const outcome = tryLoadConfig(request);
  return outcome.kind === 'refused' ? outcome.problems : [];
}

describe('layers', () => {
  it('lie over each other: defaults, file, risk level, --set', () => {
    const file = fileOf('risk: { max_leverage: 7, cooldown_hours: 5 }\nprimary: { ema: { fast: 5 } }\n');
    const { config, origins } = loadConfig({
      file,
      riskLevel: 'aggressive',
      overrides: ['risk.drawdown_limit=0.5', 'research.symbols=[SOLUSDT]', 'exits.stop_fraction=null'],
    });
    expect(config.risk).toMatchObject({ maxLeverage: 5, cooldownHours: 5, drawdownLimit: 0.5, maxOpenPositions: 3 });
    expect(config.primary.ema).toEqual({ enabled: true, fast: 5, slow: 21, weight: 1 });
    expect(config.research.symbols).toEqual(['SOLUSDT']);
    expect(config.exits.stopFraction).toBeNull();
    expect(origins.get('risk.cooldown_hours')).toBe(`${file}:1`);
    expect(origins.get('risk.max_leverage')).toMatch(/aggressive\.yaml:4$/);
    expect(origins.get('risk.drawdown_limit')).toBe('--set risk.drawdown_limit=0.5');
    expect(origins.has('risk.max_open_positions')).toBe(false);
  });

  it('may be empty', () => {
    expect(loadConfig({ file: fileOf('# nothing yet\n') }).hash).toBe(loadConfig().hash);
  });

  it('take profiles from another folder', () => {
    fileOf('');
    writeFileSync(join(folder, 'timid.yaml'), 'risk: { max_leverage: 1 }\n');
    const own = { profilesDir: folder, overrides: ['research.risk_levels=[timid]'] };
    expect(loadConfig({ ...own, riskLevel: 'timid' }).config.risk.maxLeverage).toBe(1);
    expect(problemsOf({ ...own, riskLevel: 'moderate' })).toHaveLength(1);
  });
});

describe('problems', () => {
  const file = fileOf(
    [
      'risk:',
      '  max_leverge: 3',
      '  cooldown_hours: "2"',
      '  max_position_fraction: 0.2',
      '  max_position_fraction: 0.02',
      'guard: 3',
      'exits:',
      'cooldown_hour: 3',
      'data:',
      '  interval: 1hr',
      '  finer_intervals:',
      '    - 1m',
      '    - 7m',
      'regime: { sensitivity: strct }',
      'features: { return_hours: [1, 1], emaFast: 3 }',
    ].join('\n'),
  );
  const overrides = ['labeling.profit_barier=0.01', 'risk.max_leverage=0', 'walk_forward.step_days=10', 'x', 'model='];
  const problems = problemsOf({ file, riskLevel: 'agressive', overrides });
  const found = problems.map(
    ({ message, where = '', hint = '' }) => `${where.replace(file, 'file')}: ${message} (${hint})`,
  );

  it.each([
    ['a misspelt key', /^file:2: risk has no setting "max_leverge" \(did you mean risk\.max_leverage\?\)/],
    ['a wrong type', /^file:3: risk\.cooldown_hours must be a number from 0 to 8760, got "2"/],
    ['a key given twice', /^file:5: risk\.max_position_fraction is given twice, first at .*:4/],
    ['a number in place of a section', /^file:6: guard must be a section with settings, got 3/],
    ['an empty section', /^file:7: exits must be a section with settings, got nothing/],
    [
      'a key of other sections',
      /^file:8: .*"cooldown_hour" \(did you mean risk\.cooldown_hours or guard\.cooldown_hours\?\)/,
    ],
    ['a value outside its choices', /^file:10: data\.interval must be one of 1m, .*got "1hr" \(did you mean "1h"\?\)/],
    ['an entry of a list', /^file:13: data\.finer_intervals must be a list .*got "7m"/],
    ['a misspelt choice', /^file:14: .*\(did you mean "strict"\?\)/],
    ['a repeated entry', /^file:15: features\.return_hours names 1 twice/],
    ['camelCase', /^file:15: features has no setting "emaFast" \(did you mean features\.ema_fast\?\)/],
    ['an unknown risk level', /^--risk-level: .*"agressive" \(did you mean aggressive\? there are aggressive, conser/],
    ['a misspelt --set', /^--set labeling\.profit_barier=0\.01: .*\(did you mean labeling\.profit_barrier\?\)/],
    ['a --set out of range', /^--set risk\.max_leverage=0: risk\.max_leverage must be a number from 1 to 125, got 0/],
    [
      'a contradiction',
      /^--set walk_forward\.step_days=10: walk_forward: step_days must not be below test_days.*is 10/,
    ],
    ['a --set of nothing known', /^--set x: there is no setting "x"/],
    ['a --set without a value', /^--set model=: model is given no value/],
  ])('name %s', (_, expected) => {
    expect(found.filter((line) => expected.test(line))).toHaveLength(1);
  });

  it('come all at once and only once', () => {
    expect(found).toHaveLength(17);
  });

  it('are thrown with their code', () => {
    expect(() => loadConfig({ file })).toThrow(PerpilotError);
    expect(tryLoadConfig({ file })).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(tryLoadConfig({ file: join(folder, 'none.yaml') })).toMatchObject({ code: 'CONFIG_MISSING' });
  });

  it.each([
    ['risk: {', ':1'],
    ['risk:\n  max_leverage: 1\n bad', ':3'],
    ['a: 1\n---\nb: 2', ':2'],
    ['risk: &r { max_leverage: 2 }\nguard: *r', ':2'],
    ['risk: !odd { max_leverage: 2 }', ':1'],
    ['- risk', ':1'],
  ])('say where %j is no valid file', (text, line) => {
    const path = fileOf(text);
    const [first] = problemsOf({ file: path });
    expect(first.where).toBe(`${path}${line}`);
  });

  it('name a setting that is set twice', () => {
    const overrides = ['risk.max_leverage=2', 'risk.max_leverage=3'];
    expect(problemsOf({ overrides })).toEqual([expect.objectContaining({ message: 'risk.max_leverage is set twice' })]);
  });

  it('name the word that may stand for a number', () => {
    const [problem] = problemsOf({ overrides: ['portfolio.covariance.shrinkage=atuo'] });
    expect(problem.message).toContain('must be a number from 0 to 1 or auto, got "atuo"');
    expect(problem.hint).toContain('did you mean "auto"?');
    expect(problemsOf({ overrides: ['portfolio.covariance.shrinkage=0.3'] })).toEqual([]);
  });

  it('name a risk level of the suite that there is not', () => {
    const [problem] = problemsOf({ overrides: ['research.risk_levels=[moderat]'] });
    expect(problem.message).toContain('did you mean moderate?');
  });
});

describe('every setting', () => {
  it.each(settingsOf(configSchema).map((setting) => [setting.name, setting.schema] as const))(
    '%s refuses what it may not be',
    (name, schema) => {
      const { type, range } = expectationOf(schema);
      const bounds = [...range.matchAll(/-?\d+(\.\d+)?/g)].map((match) => Number(match[0]));
      const wrong = ['{ a: 1 }', '.nan', '2024-01-01 odd', '-.inf'];
      if (!/^text|or null/.test(type)) wrong.push('null');
      if (/^(whole )?number/.test(type)) {
        if (range.startsWith('from') || range.includes('at most'))
          wrong.push(String(Math.max(...bounds) * 1.001 + 1e-9));
        if (range.startsWith('from') || range.startsWith('at least')) wrong.push(String(Math.min(...bounds) - 1));
        if (range.startsWith('above')) wrong.push(String(Math.min(...bounds)));
      }
      if (type.startsWith('whole number')) wrong.push('1.5');
      if (choicesOf(schema).length > 0) wrong.push('nonesuch');
      for (const value of type.startsWith('text') ? ['3', '{ a: 1 }', 'true'] : wrong) {
        const { problems, settings, refused } = readOverride(`${name}=${value}`);
        expect({ settings, refused }, `${name}=${value}`).toEqual({ settings: [], refused: [name] });
        expect(problems).toHaveLength(1);
        expect(problems[0].message).toContain(name);
      }
    },
  );
});

describe('every rule between settings', () => {
  const breaking: Readonly<Record<string, readonly string[]>> = {
    'data.finer_intervals': ['data.interval=8h', 'data.finer_intervals=[6h]', 'features.return_hours=[8]'],
    'costs.slippage_min_factor': ['costs.slippage_min_factor=6'],
    'costs.funding_interval_hours': ['costs.funding_interval_hours=7'],
    'discovery.max_age_hours': ['discovery.max_age_hours=23'],
    'discovery.include': ['discovery.include=[USDCUSDT]'],
    'discovery.max_symbols': ['discovery.include=[A1, A2]', 'discovery.max_symbols=1'],
    'discovery.symbols': ['discovery.symbols=[]'],
    'features.ema_fast': ['features.ema_fast=21'],
    'features.macd_fast': ['features.macd_fast=30'],
    'features.volatility_short_bars': ['features.volatility_short_bars=168'],
    'primary.ema.fast': ['primary.ema.fast=22'],
    'primary.macd.fast': ['primary.macd.fast=26'],
    'primary.rsi.oversold': ['primary.rsi.oversold=70'],
    'primary.ema.enabled': ['primary.ema.enabled', 'primary.rsi.enabled', 'primary.macd.enabled'].map(
      (key) => `${key}=false`,
    ),
    'primary.min_votes': ['primary.min_votes=3', 'primary.rsi.enabled=false'],
    'primary.combine': [
      'primary.combine=weighted',
      ...['ema', 'rsi', 'macd'].map((name) => `primary.${name}.weight=0`),
    ],
    'regime.adx_exit': ['regime.adx_exit=26'],
    'labeling.profit_barrier': ['labeling.profit_barrier=1'],
    'labeling.stop_barrier': ['labeling.stop_barrier=1', 'exits.stop_fraction=0.01'],
    'model.boosting_weight': ['model.boosting_weight=0', 'model.logistic_weight=0'],
    'portfolio.cross_sectional.score_weights.sharpe': ['sharpe', 'adx', 'confidence', 'volatility'].map(
      (name) => `portfolio.cross_sectional.score_weights.${name}=0`,
    ),
    'portfolio.selection.include': ['portfolio.selection.include=[BTCUSDT]', 'portfolio.selection.exclude=[BTCUSDT]'],
    'risk.base_position_fraction': ['risk.base_position_fraction=0.11'],
    'guard.paused_win_rate': ['guard.paused_win_rate=0.4'],
    'guard.recovery_win_rate': ['guard.recovery_win_rate=0.39'],
    'guard.reduced_drawdown': ['guard.reduced_drawdown=0.1'],
    'guard.recovery_drawdown': ['guard.recovery_drawdown=0.06'],
    'guard.reduced_streak': ['guard.reduced_streak=10'],
    'guard.min_trades': ['guard.min_trades=11'],
    'guard.validated_pause_p': ['guard.validated_pause_p=0.05'],
    'guard.validated_recovery_p': ['guard.validated_recovery_p=0.05'],
    'guard.validated_min_trades': ['guard.validated_min_trades=51'],
    'live.no_entries.windows': ['live.no_entries.windows=[Sat 22:00-Sat 21:00]'],
    'live.no_entries.times': ['live.no_entries.times=[2024-02-30T12:00]'],
    'live.canary.every_hours': ['live.canary.max_age_hours=24'],
    'live.quarantine.rejections': ['live.quarantine.rejections=10'],
    'live.quarantine.first_minutes': ['live.quarantine.first_minutes=1441'],
    'live.watchdog.heartbeat_seconds': ['live.watchdog.heartbeat_seconds=15'],
    'live.feed_grace_seconds': ['live.feed_grace_seconds=20'],
    'alerts.email_security': ['alerts.email_security=none', 'alerts.email_host=mail.example.org'],
    'alerts.email_to': ['alerts.channels=[email]'],
    'alerts.telegram_chat': ['alerts.channels=[telegram]'],
    'operations.status_interval_seconds': ['operations.status_interval_seconds=20'],
    'live.limit_seconds': ['live.limit_seconds=600', 'live.entry_orders=limit_then_market'],
    'live.feed_deadline_seconds': ['live.feed_deadline_seconds=600'],
    'renewal.min_train_days': ['renewal.min_train_days=731'],
    'walk_forward.step_days': ['walk_forward.step_days=29'],
    'labeling.horizon_hours': ['data.interval=30m', 'data.interval=4h']
      .slice(1)
      .concat('labeling.horizon_hours=6', 'features.return_hours=[4]', 'exits.max_hold_hours=8'),
    'exits.max_hold_hours': ['data.interval=2h', 'exits.max_hold_hours=3', 'features.return_hours=[4]'],
    'features.return_hours': ['data.interval=2h'],
    'walk_forward.train_days': ['walk_forward.train_days=1'],
    'risk.max_leverage': ['risk.max_leverage=100'],
  };

  it.each(configRules.map((rule) => [rule.says, rule.keys[0]] as const))('%s', (says, key) => {
    const problems = problemsOf({ overrides: breaking[key] });
    expect(problems).toHaveLength(1);
    expect(problems[0].message).toContain(says);
  });

  it('refuses negative weights of the score by their range', () => {
    const [problem, ...more] = problemsOf({ overrides: ['portfolio.cross_sectional.score_weights.adx=-0.1'] });
    expect(problem.message).toContain('portfolio.cross_sectional.score_weights.adx');
    expect(more).toEqual([]);
  });

  it('is not asked about a value that is wrong already', () => {
    expect(problemsOf({ overrides: ['guard.paused_win_rate=2', 'guard.reduced_win_rate=0.1'] })).toHaveLength(1);
  });
});

// What does the research command say to everything that is wrong, and does it leave everything as it was?
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { main } from '../../../src/cli/main.ts';
import { DAYS, listing, QUICK, writeSmallStore } from './small-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'perpilot-bad-input-'));
const store = join(folder, 'store');
const out = join(folder, 'new', 'results');
let before: readonly string[];

beforeAll(async () => {
  await writeSmallStore(store);
  writeFileSync(join(folder, 'in-the-way'), 'a file');
  writeFileSync(join(folder, 'typo.yaml'), 'risk:\n  max_leverage: 2\n  max_leverag: 3\n');
  writeFileSync(join(folder, 'not-a-manifest.json'), '{"schema":"something-else"}');
  before = listing(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function perpilot(args: readonly string[]): Promise<Answer> {
  let stdout = '';
  let stderr = '';
  const code = await main(['research', ...args], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    interrupt: createInterruptGuard(),
  });
  return { code, out: stdout, err: stderr };
}

const onStore = (...args: readonly string[]): readonly string[] => ['--data', store, '--out', out, ...QUICK, ...args];

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly code: string;
  readonly says: readonly (string | RegExp)[];
}

const CASES: readonly Case[] = [
  {
    name: 'an unknown symbol, with the nearest name and what is stored',
    args: onStore('--symbols', 'GODUSDT'),
    code: 'DATA_MISSING',
    says: ['GODUSDT: no candles of 1h', 'did you mean GOODUSDT?', 'stored: BADUSDT, FINEUSDT, GOODUSDT'],
  },
  {
    name: 'a folder that does not exist',
    args: ['--data', join(folder, 'nowhere'), '--out', out],
    code: 'DATA_MISSING',
    says: [/nowhere/],
  },
  {
    name: 'a file that is no Parquet file',
    args: onStore('--symbols', 'BADUSDT'),
    code: 'DATA_CORRUPT',
    says: [/BADUSDT-1h\.parquet/],
  },
  {
    name: 'a price that is no number',
    args: onStore('--symbols', 'HOLEUSDT'),
    code: 'DATA_CORRUPT',
    says: [/HOLEUSDT/],
  },
  {
    name: 'too little history, with what would be enough',
    args: onStore('--symbols', 'SHORTUSDT'),
    code: 'DATA_TOO_SHORT',
    says: [
      'SHORTUSDT: 20.0 days of candles in the wanted span, one fold needs 65 (45 to train, 20 to test)',
      'ask for more years',
    ],
  },
  {
    name: 'too few years wanted',
    args: onStore('--symbols', 'GOODUSDT', '--years', '0.1'),
    code: 'DATA_TOO_SHORT',
    says: ['GOODUSDT: 36.0 days of candles in the wanted span, one fold needs 65'],
  },
  {
    name: 'a misspelt key in a file, with the file, the line and the nearest key',
    args: onStore('--config', join(folder, 'typo.yaml')),
    code: 'CONFIG_INVALID',
    says: [/typo\.yaml:3: risk has no setting "max_leverag"/, 'did you mean risk.max_leverage?'],
  },
  {
    name: 'an unknown key of --set',
    args: onStore('--set', 'modle.bags=2'),
    code: 'CONFIG_INVALID',
    says: ['--set modle.bags=2', 'did you mean model'],
  },
  {
    name: 'a file of settings that does not exist',
    args: onStore('--config', join(folder, 'missing.yaml')),
    code: 'CONFIG_MISSING',
    says: [/missing\.yaml: it does not exist/],
  },
  {
    name: 'a risk level that does not exist',
    args: onStore('--risk-levels', 'moderat', 'aggressive'),
    code: 'CONFIG_INVALID',
    says: ['there is no risk level "moderat"', 'did you mean moderate?'],
  },
  {
    name: 'a risk level twice',
    args: onStore('--risk-levels', 'moderate,moderate'),
    code: 'ARGUMENT_INVALID',
    says: ['--risk-levels: moderate is named twice'],
  },
  {
    name: 'a symbol twice',
    args: onStore('--symbols', 'GOODUSDT', 'FINEUSDT,GOODUSDT'),
    code: 'ARGUMENT_INVALID',
    says: ['--symbols: GOODUSDT is named twice'],
  },
  {
    name: 'no symbol',
    args: onStore('--symbols', ','),
    code: 'ARGUMENT_INVALID',
    says: ['--symbols: nothing is named'],
  },
  {
    name: 'a file where the output folder should be',
    args: ['--data', store, '--symbols', 'GOODUSDT', ...QUICK, '--out', join(folder, 'in-the-way', 'results')],
    code: 'OUTPUT_UNWRITABLE',
    says: ['a file is in the way', 'choose another name'],
  },
  {
    name: 'windows of negative or no length',
    args: onStore('--set', 'labeling.horizon_hours=0', '--set', 'walk_forward.embargo_hours=-3'),
    code: 'CONFIG_INVALID',
    says: ['labeling.horizon_hours', 'walk_forward.embargo_hours'],
  },
  {
    name: 'negative years, no threads, a seed that is no number',
    args: onStore('--years', '-2', '--jobs', '0', '--seed', 'tuesday'),
    code: 'ARGUMENT_INVALID',
    says: ['--years -2: a number above 0', '--jobs 0: a whole number from 1', '--seed tuesday: a whole number'],
  },
  {
    name: 'wrong settings, levels, numbers and symbols together',
    args: onStore('--symbols', 'GOODUSDX', '--set', 'risk.max_levrage=3', '--risk-levels', 'moderat', '--years', '-1'),
    code: 'CONFIG_INVALID',
    says: ['risk.max_leverage', 'did you mean moderate', '--years', /GOODUSDX.*\n.*GOODUSDT/],
  },
  {
    name: 'no data at all',
    args: ['--out', out],
    code: 'ARGUMENT_INVALID',
    says: ['no data folder is given', '--embedded'],
  },
  {
    name: 'stored and embedded data together',
    args: onStore('--embedded', '--symbols', 'BRAVOUSDT'),
    code: 'ARGUMENT_INVALID',
    says: ['--embedded and --data cannot be given together'],
  },
  {
    name: 'barriers in ATR without exits of their own',
    args: onStore('--symbols', 'GOODUSDT', '--set', 'labeling.width=atr'),
    code: 'CONFIG_INVALID',
    says: ['exits.stop_fraction and exits.target_fraction must be given'],
  },
  {
    name: 'a manifest that is none',
    args: ['--data', store, '--out', out, '--from-manifest', join(folder, 'not-a-manifest.json')],
    code: 'CONFIG_INVALID',
    says: [/not-a-manifest\.json/, 'schema'],
  },
  {
    name: 'a manifest that is not there, and options that it would contradict',
    args: ['--data', store, '--out', out, '--from-manifest', join(folder, 'gone.json'), '--seed', '3'],
    code: 'ARGUMENT_INVALID',
    says: ['the manifest says what --seed says', 'it cannot be read'],
  },
];

describe('the research command refuses', () => {
  it.each(CASES)('$name', async ({ args, code, says }) => {
    const answer = await perpilot(args);
    expect(answer.err).toContain(`error ${code}`);
    for (const words of says) {
      if (typeof words === 'string') expect(answer.err).toContain(words);
      else expect(answer.err).toMatch(words);
    }
    expect({ code: answer.code, out: answer.out }).toEqual({ code: 2, out: '' });
    expect(listing(folder)).toEqual(before);
  });

  it('everything that is wrong at once, each problem once', async () => {
    const args = onStore(
      '--symbols',
      'GODUSDT,SHORTUSDT,BADUSDT,GODUSDT',
      '--years',
      '0',
      '--set',
      'risk.max_leverag=3',
    );
    const { code, err } = await perpilot(args.map((each) => (each === out ? join(folder, 'in-the-way') : each)));
    expect(code).toBe(2);
    for (const words of ['a file is in the way', 'there is no setting "risk.max_leverag"', '--years 0:']) {
      expect(err.split(words)).toHaveLength(2);
    }
  });

  it('all problems of the data together with those of the options', async () => {
    const { err } = await perpilot(onStore('--symbols', 'GODUSDT,SHORTUSDT,BADUSDT,GODUSDT', '--jobs', '0'));
    for (const words of ['--jobs 0', 'GODUSDT is named twice', 'did you mean GOODUSDT?', 'BADUSDT-1h.parquet']) {
      expect(err).toContain(words);
    }
    const short = await perpilot(onStore('--symbols', 'GODUSDT,SHORTUSDT'));
    expect(short.err).toContain('did you mean GOODUSDT?');
    expect(short.err).toContain('SHORTUSDT: 20.0 days');
    expect(listing(folder)).toEqual(before);
  });

  it('says the same to programs as one JSON object', async () => {
    const { code, out: json, err } = await perpilot(onStore('--symbols', 'GODUSDT', '--json'));
    expect(code).toBe(2);
    expect(err).toContain('error DATA_MISSING');
    const { error } = JSON.parse(json);
    expect(error).toMatchObject({ code: 'DATA_MISSING', problems: [{ message: expect.stringContaining('GODUSDT') }] });
    expect(error.problems[0].hint).toContain('did you mean GOODUSDT?');
  });

  it('does not touch a folder of results that is already there', async () => {
    const results = join(folder, 'there');
    mkdirSync(results);
    writeFileSync(join(results, 'PHASE8_RESEARCH_RESULTS.csv'), 'older');
    const there = listing(folder);
    await perpilot(['--data', store, '--symbols', 'GODUSDT', '--out', results]);
    expect(listing(folder)).toEqual(there);
    rmSync(results, { recursive: true });
  });
});

it('the small store holds what the cases say', () => {
  expect(DAYS).toBe(125);
  expect(before.filter((line) => line.includes('.parquet'))).toHaveLength(7);
});

// Which incidents can be drilled, and what has to be seen in each? Kill, restore, key rotation and outage, step by step.
import { rmSync } from 'node:fs';
import { loadConfig } from '../../config/load-config.ts';
import { healthRulesOf } from '../../live/status/operations-config.ts';
import type { StatusDocument } from '../../live/status/status-document.ts';
import type { VenueName } from '../../ports/venue-connection.ts';
import { readStatus } from '../status-file.ts';
import {
  drillFailed,
  openDrillGround,
  OPERATIONS_OF_DRILL,
  until,
  type DrillBot,
  type DrillGround,
  type HeldAtVenue,
} from './drill-ground.ts';

/** Does something and says what was seen. @throws PerpilotError DRILL_FAILED when it was not */
type Step = readonly [what: string, act: () => Promise<string>];

export const DRILLS = {
  kill: 'the kill switch ends flat, and nothing is opened until a person resumes',
  restore: 'a bot that lost its folder goes on from its backup, with position and stop',
  'key-rotation': 'a wrong key is refused and changes nothing; with the right one the position is taken up',
  outage: 'the exchange goes away and comes back: the stop rests, nothing is doubled, and the status says so',
} as const;

export type DrillName = keyof typeof DRILLS;

const STEPS: Readonly<Record<DrillName, (world: World) => readonly Step[]>> = {
  kill: killSteps,
  restore: restoreSteps,
  'key-rotation': rotationSteps,
  outage: outageSteps,
};

export interface DrillStep {
  readonly step: string;
  readonly passed: boolean;
  readonly says: string;
  readonly tookMs: number;
}

export interface DrillReport {
  readonly drill: DrillName;
  readonly passed: boolean;
  readonly steps: readonly DrillStep[];
}

const RULES = healthRulesOf(loadConfig({ overrides: OPERATIONS_OF_DRILL }).config.operations);

interface World {
  readonly ground: DrillGround;
  bot: DrillBot;
}

/** Runs one drill; `told` hears every step as it ends. The first that fails ends it. */
export async function runDrill(
  drill: DrillName,
  exchange: VenueName,
  told: (step: DrillStep) => void,
): Promise<DrillReport> {
  await using ground = await openDrillGround(exchange);
  const steps: DrillStep[] = [];
  const take = async ([step, act]: Step): Promise<boolean> => {
    const began = performance.now();
    const [passed, says] = await act().then(
      (seen) => [true, seen] as const,
      (error: unknown) => [false, error instanceof Error ? error.message : String(error)] as const,
    );
    steps.push({ step, passed, says, tookMs: Math.round(performance.now() - began) });
    told(steps[steps.length - 1]);
    return passed;
  };
  let world: World | undefined;
  const begin: Step = [
    'a bot holds a position with its stop at the exchange',
    async () => {
      world = { ground, bot: await ground.startBot() };
      await ground.buyByHand();
      await until('the bot has seen the stop', () => hasSeenStop(ground));
      return textOf(await protectedPosition(ground));
    },
  ];
  if (!(await take(begin)) || world === undefined) return { drill, passed: false, steps };
  for (const step of STEPS[drill](world)) if (!(await take(step))) return { drill, passed: false, steps };
  return { drill, passed: true, steps };
}

function killSteps({ ground, bot }: World): readonly Step[] {
  const { folder, perpilot } = ground;
  return [
    [
      'perpilot kill: the bot answers, and the exchange shows neither position nor order',
      async () => {
        const { code, out } = await perpilot('kill', folder, '--reason', 'a drill');
        if (code !== 0) throw drillFailed(out);
        await until('flat', async () => (await ground.positions()).length + (await ground.openOrders()).length === 0);
        return 'flat';
      },
    ],
    [
      'perpilot status: unhealthy, and why',
      async () => {
        await until('the status says killed', async () => (await issuesOf(ground)).includes('killed'));
        return 'killed';
      },
    ],
    [
      'perpilot resume: only with --confirm',
      async () => {
        const refused = await perpilot('resume', folder);
        const taken = await perpilot('resume', folder, '--confirm');
        if (refused.code !== 2 || taken.code !== 0) throw drillFailed(`${refused.out}${taken.out}`);
        return taken.out.trim().replace(folder, 'DIR');
      },
    ],
    ['SIGTERM: the bot ends within 10 s', () => stopped(bot)],
  ];
}

function restoreSteps(world: World): readonly Step[] {
  const { ground } = world;
  const { folder, perpilot } = ground;
  const restored = `${folder}-restored`;
  let backup = '';
  let held: HeldAtVenue | undefined;
  return [
    [
      'perpilot backup create: while the bot runs, and it is whole',
      async () => {
        const made = await perpilot('backup', 'create', folder, '--json');
        if (made.code !== 0) throw drillFailed(made.out);
        backup = (JSON.parse(made.out) as { readonly folder: string }).folder;
        const verified = await perpilot('backup', 'verify', backup);
        if (verified.code !== 0) throw drillFailed(verified.out);
        return verified.out.trim().replace(/^.* is whole: /, 'whole: ');
      },
    ],
    [
      'the bot and its folder are gone; the stop rests at the exchange',
      async () => {
        await world.bot.stop();
        rmSync(folder, { recursive: true });
        held = await protectedPosition(ground);
        return textOf(held);
      },
    ],
    [
      'perpilot backup restore, and a bot on it: it goes on, with position and stop',
      async () => {
        const { code, out } = await perpilot('backup', 'restore', backup, restored);
        if (code !== 0) throw drillFailed(out);
        world.bot = await ground.startBot(restored);
        return takenUp(world, held);
      },
    ],
    ['SIGTERM: the bot ends within 10 s', () => stopped(world.bot)],
  ];
}

function rotationSteps(world: World): readonly Step[] {
  const { ground } = world;
  let held: HeldAtVenue | undefined;
  return [
    [
      'the bot ends, and a key that the exchange does not know is written into .env: the start is refused',
      async () => {
        await world.bot.stop();
        held = await protectedPosition(ground);
        ground.writeKeys('a-secret-that-is-wrong');
        const refused = await ground.startBot().then(
          () => undefined,
          (error: unknown) => String(error),
        );
        const code = /\bKEY_[A-Z_]+|\bSIGNATURE_[A-Z_]+/.exec(refused ?? '')?.[0];
        if (code === undefined) throw drillFailed(refused ?? 'it started with a wrong key');
        return code;
      },
    ],
    [
      'nothing has changed at the exchange',
      async () => {
        const now = await protectedPosition(ground);
        if (textOf(now) !== textOf(held)) throw drillFailed(`${textOf(now)} instead of ${textOf(held)}`);
        return textOf(now);
      },
    ],
    [
      'with the right key the bot takes the position up',
      async () => {
        ground.writeKeys();
        world.bot = await ground.startBot();
        return takenUp(world, held);
      },
    ],
    ['SIGTERM: the bot ends within 10 s', () => stopped(world.bot)],
  ];
}

const OUTAGE = [
  { fault: 'maintenance', for_wall: '1h' },
  { fault: 'connection-drops', for_wall: '1h' },
] as const;

function outageSteps({ ground, bot }: World): readonly Step[] {
  let held: HeldAtVenue | undefined;
  return [
    [
      'the exchange goes away: perpilot status warns',
      async () => {
        held = await protectedPosition(ground);
        for (const fault of OUTAGE) {
          const added = JSON.stringify(await ground.control('faults', { do: 'add', fault }));
          if (added.includes('"error"')) throw drillFailed(added);
        }
        await until('a warning', async () => (await warningsOf(ground)).includes('stream-silent'));
        return 'stream-silent';
      },
    ],
    ['the stop rests at the exchange all the while', async () => textOf(await protectedPosition(ground))],
    [
      'the exchange comes back: the warning goes, the position is the same, once',
      async () => {
        await ground.control('faults', { do: 'clear' });
        await until('the warning goes', async () => !(await warningsOf(ground)).includes('stream-silent'));
        const now = await protectedPosition(ground);
        if (textOf(now) !== textOf(held)) throw drillFailed(`${textOf(now)} instead of ${textOf(held)}`);
        return textOf(now);
      },
    ],
    ['SIGTERM: the bot ends within 10 s', () => stopped(bot)],
  ];
}

async function protectedPosition({ positions }: DrillGround): Promise<HeldAtVenue> {
  let held: HeldAtVenue | undefined;
  await until('a position with its stop', async () => {
    [held] = await positions();
    return held !== undefined && (held.stopPrice ?? 0) > 0;
  });
  if (held === undefined) throw drillFailed('no position');
  return held;
}

async function takenUp({ ground, bot }: World, held: HeldAtVenue | undefined): Promise<string> {
  const { continues, positions } = bot.started;
  const text = JSON.stringify(positions);
  if (continues !== true || held === undefined || !text.includes(`"quantity":${held.quantity}`)) {
    throw drillFailed(`it began with ${text}`);
  }
  const now = await protectedPosition(ground);
  if (now.quantity !== held.quantity) throw drillFailed(`${textOf(now)} instead of ${textOf(held)}`);
  return textOf(now);
}

async function stopped(bot: DrillBot): Promise<string> {
  const ms = await bot.stop();
  if (ms > 10_000) throw drillFailed(`it took ${(ms / 1_000).toFixed(1)} s`);
  return `${(ms / 1_000).toFixed(1)} s`;
}

const textOf = (held: HeldAtVenue | undefined): string =>
  held === undefined ? 'nothing' : `${held.quantity} ${held.symbol}, stop ${held.stopPrice}`;

const issuesOf = (ground: DrillGround): Promise<readonly string[]> => codesOf(ground, 'issues');
const warningsOf = (ground: DrillGround): Promise<readonly string[]> => codesOf(ground, 'warnings');

async function codesOf(ground: DrillGround, of: 'issues' | 'warnings'): Promise<readonly string[]> {
  return statusOf(ground)?.[of].map(({ code }) => code) ?? [];
}

function hasSeenStop(ground: DrillGround): boolean {
  const position = statusOf(ground)?.symbols[0]?.position;
  return position?.stopPrice !== undefined && position.stopPrice !== null && position.unprotectedSeconds === 0;
}

/** What the bot says of itself; undefined: nothing yet. */
function statusOf({ folder }: DrillGround): StatusDocument | undefined {
  const view = readStatus(folder, RULES, Date.now());
  return view.kind === 'status' ? view.document : undefined;
}

// How does systemd hear that a service is ready and lives? By its own tool: its socket takes datagrams, which Node.js cannot send.
import { spawn } from 'node:child_process';
import type { Supervisor } from '../../ports/supervisor.ts';

const WORDS = { ready: 'READY=1', alive: 'WATCHDOG=1', stopping: 'STOPPING=1' } as const;
const MICROSECONDS_PER_MS = 1_000;
/** Words in one period of the watchdog, so that a late one does no harm. */
const WORDS_PER_PERIOD = 3;

export interface SystemdSetup {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called once, when the tool cannot be used: then systemd will hear nothing. */
  readonly onMute: (problem: string) => void;
  readonly tool?: string;
}

/** Undefined where no systemd started this process, or one that wants to hear nothing (`NOTIFY_SOCKET`). */
export function createSystemd({ env, onMute, tool = 'systemd-notify' }: SystemdSetup): Supervisor | undefined {
  const socket = env['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return undefined;
  let isMute = false;
  const mute = (problem: string): void => {
    if (!isMute) onMute(problem);
    isMute = true;
  };
  return {
    aliveEveryMs: everyMs(env),
    tell(state) {
      // The tool is a process of its own: the unit needs `NotifyAccess=all`.
      const child = spawn(tool, [WORDS[state]], {
        stdio: 'ignore',
        env: { PATH: env['PATH'], NOTIFY_SOCKET: socket },
      });
      child.on('error', ({ message }) => mute(message));
      child.on('exit', (code) => {
        if (code !== 0) mute(`${tool} ended with ${code}`);
      });
      child.unref();
    },
  };
}

/** The watchdog may be meant for another process. */
function everyMs(env: SystemdSetup['env']): number | undefined {
  const period = Number(env['WATCHDOG_USEC']);
  const isForUs = env['WATCHDOG_PID'] === undefined || env['WATCHDOG_PID'] === String(process.pid);
  if (!isForUs || !Number.isFinite(period) || period <= 0) return undefined;
  return period / MICROSECONDS_PER_MS / WORDS_PER_PERIOD;
}

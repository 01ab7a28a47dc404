// What does systemd hear? Its socket takes datagrams, which Node.js cannot receive; Python does it for the test.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Lets go of the files that come along, as systemd does: the sender waits for that. */
const LISTENER = `
import os, socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
print('listening', flush=True)
while True:
    data, files, flags, sender = socket.recv_fds(server, 4096, 8)
    for file in files: os.close(file)
    print(data.decode().strip(), flush=True)
`;

export const hasNotifyTools =
  spawnSync('systemd-notify', ['--version']).error === undefined && spawnSync('python3', ['-V']).error === undefined;

export interface NotifySocket extends Disposable {
  readonly path: string;
  /** The next word that was said; what only asks whether all was read is passed over. */
  heard(): Promise<string>;
}

export async function openNotifySocket(): Promise<NotifySocket> {
  const folder = mkdtempSync(join(tmpdir(), 'perpilot-notify-'));
  const path = join(folder, 'notify');
  const listener = spawn('python3', ['-c', LISTENER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: listener.stdout })[Symbol.asyncIterator]();
  const heard = async (): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the listener has ended');
      if (value !== 'BARRIER=1') return value;
    }
  };
  await heard();
  return {
    path,
    heard,
    [Symbol.dispose]() {
      listener.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

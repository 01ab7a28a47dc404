// How is the machine? Memory of this program, and the disk that a folder lies on.
import { statfs } from 'node:fs/promises';

export interface MachineFacts {
  readonly memoryBytes: number;
  readonly diskFreeBytes: number | null;
}

export async function machineFacts(folder: string): Promise<MachineFacts> {
  const disk = await statfs(folder).catch(() => undefined);
  return {
    memoryBytes: process.memoryUsage.rss(),
    diskFreeBytes: disk === undefined ? null : disk.bavail * disk.bsize,
  };
}

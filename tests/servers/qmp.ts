/** QEMU's machine protocol over a unix socket: one JSON object per line. */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface Qmp {
  execute<T = unknown>(command: string, args?: Record<string, unknown>): Promise<T>;
  close(): void;
}

interface Reply {
  QMP?: unknown;
  event?: string;
  return?: unknown;
  error?: { class: string; desc: string };
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

export async function connectQmp(path: string): Promise<Qmp> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opening = connect(path);
    opening.once('error', reject);
    opening.once('connect', () => resolve(opening));
  });
  const waiting: Waiting[] = [];
  const failAll = () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('QEMU closed its QMP socket'));
  };
  socket.on('error', failAll);
  socket.on('close', failAll);
  createInterface({ input: socket }).on('line', (line) => {
    const reply = JSON.parse(line) as Reply;
    if (reply.QMP !== undefined || reply.event !== undefined) return;
    const next = waiting.shift();
    if (reply.error) next?.reject(new Error(`${reply.error.class}: ${reply.error.desc}`));
    else next?.resolve(reply.return);
  });
  const qmp: Qmp = {
    execute<T>(command: string, args?: Record<string, unknown>) {
      return new Promise<T>((resolve, reject) => {
        waiting.push({ resolve: (value) => resolve(value as T), reject });
        socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
      });
    },
    close: () => socket.destroy(),
  };
  await qmp.execute('qmp_capabilities');
  return qmp;
}

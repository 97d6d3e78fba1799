/** QEMU's guest agent: runs shell commands in the guest, over a unix socket with one JSON object per line. */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { sleep } from './process.ts';

export interface GuestResult {
  code: number;
  /** At most 16 MB. */
  stdout: Buffer;
  stderr: string;
}

export interface GuestAgent {
  /** Runs a shell script in the guest, on its X display and with `input` as its stdin, to its end. */
  run(script: string, input?: Uint8Array): Promise<GuestResult>;
  close(): void;
}

interface ExecStatus {
  exited: boolean;
  exitcode?: number;
  signal?: number;
  'out-data'?: string;
  'err-data'?: string;
}

interface Reply {
  return?: unknown;
  error?: { desc: string };
}

function bytes(base64: string | undefined): Buffer {
  return Buffer.from(base64 ?? '', 'base64');
}

/** Fails when the guest does not answer within `timeout` milliseconds: it may not run its agent yet. */
export async function connectGuestAgent(path: string, timeout = 5000): Promise<GuestAgent> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opening = connect(path);
    opening.once('error', reject);
    opening.once('connect', () => resolve(opening));
  });
  const received: Reply[] = [];
  let waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;
  let open = true;
  const ended = () => {
    open = false;
    waiting?.reject(new Error('the guest agent’s socket closed'));
  };
  socket.on('error', ended);
  socket.on('close', ended);
  createInterface({ input: socket }).on('line', (line) => {
    const reply = JSON.parse(line) as Reply;
    if (waiting) waiting.resolve(reply);
    else received.push(reply);
    waiting = undefined;
  });
  const reply = (): Promise<Reply> => {
    const first = received.shift();
    if (first) return Promise.resolve(first);
    if (!open) return Promise.reject(new Error('the guest agent’s socket is closed'));
    return new Promise((resolve, reject) => {
      waiting = { resolve, reject };
    });
  };
  const send = (command: string, args?: Record<string, unknown>) =>
    socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);

  const id = Math.floor(Math.random() * 1e9);
  const late = setTimeout(() => socket.destroy(), timeout);
  send('guest-sync', { id });
  // Replies to commands of an earlier connection may come first.
  while ((await reply()).return !== id);
  clearTimeout(late);

  const call = async <T>(command: string, args: Record<string, unknown>): Promise<T> => {
    send(command, args);
    const { return: value, error } = await reply();
    if (error) throw new Error(`${command}: ${error.desc}`);
    return value as T;
  };
  let last: Promise<unknown> = Promise.resolve();
  /** The agent answers in order and without ids: one command at a time. */
  const execute = <T>(command: string, args: Record<string, unknown>): Promise<T> => {
    const next = last.then(() => call<T>(command, args));
    last = next.catch(() => {});
    return next;
  };
  return {
    async run(script, input) {
      const { pid } = await execute<{ pid: number }>('guest-exec', {
        path: '/bin/sh',
        arg: ['-c', script],
        env: [
          'DISPLAY=:0',
          'HOME=/root',
          'LC_ALL=C.UTF-8',
          'PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
        ],
        'capture-output': true,
        ...(input === undefined ? {} : { 'input-data': Buffer.from(input).toString('base64') }),
      });
      // Each question costs the guest something, which is slow: long scripts are asked about less often.
      for (let wait = 50; ; wait = Math.min(500, wait * 1.5)) {
        const status = await execute<ExecStatus>('guest-exec-status', { pid });
        if (status.exited) {
          return {
            // As a shell tells it.
            code: status.exitcode ?? 128 + (status.signal ?? 0),
            stdout: bytes(status['out-data']),
            stderr: bytes(status['err-data']).toString(),
          };
        }
        await sleep(wait);
      }
    },
    close: () => socket.destroy(),
  };
}

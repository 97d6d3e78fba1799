/** Real drawing messages with bytes changed, through the viewer's own channel. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { displayServerMessages } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzRuns } from '../fuzz/runs.ts';
import { openDisplay } from './hostile-channel.ts';

describe('any mutation of real drawing messages', () => {
  it('is drawn, left out or ends the channel with a typed error', async () => {
    const streams = await packedStreams();
    const edit = fc.record({
      message: fc.nat(),
      at: fc.oneof({ weight: 1, arbitrary: fc.nat(80) }, { weight: 3, arbitrary: fc.nat() }),
      value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(0xff)),
      width: fc.constantFrom(1, 2, 4),
      cut: fc.oneof({ weight: 30, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat() }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(streams.length - 1),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        async (which, edits) => {
          const { server, events, channel, close } = await openDisplay();
          try {
            for (const [type, body] of mutated(streams[which] as Uint8Array, edits)) {
              if (events.failure !== undefined) break;
              server.sendRaw(type, body);
            }
            await Promise.race([server.settled(), events.whenClosed]);
            for (const failure of [events.failure, ...events.troubles]) {
              if (failure === undefined) continue;
              expect(failure.kind).toBe('protocol');
              expect(failure.detail).toMatch(/^display:0, \w+, byte \d+: expected /);
            }
            if (events.failure === undefined) expect(channel.drawCommands).toBeGreaterThan(0);
          } finally {
            close();
          }
        },
      ),
      fuzzRuns(80),
    );
  });
});

const surfaceCreate = displayServerMessages.typeOf('surfaceCreate');

interface Edit {
  message: number;
  at: number;
  value: number;
  width: number;
  cut: number | null;
}

/** The messages of a vector, back to back with mini headers. */
function* messagesOf(stream: Uint8Array): Generator<[number, Uint8Array]> {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  for (let at = 0; at + 6 <= stream.length;) {
    const end = at + 6 + view.getUint32(at + 2, true);
    yield [view.getUint16(at, true), stream.subarray(at + 6, end)];
    at = end;
  }
}

function mutated(stream: Uint8Array, edits: readonly Edit[]): [number, Uint8Array][] {
  const messages = [...messagesOf(stream)].map(([type, body]): [number, Uint8Array] => [type, body.slice()]);
  // A surface that does not come into being would leave nothing to draw on.
  const draws = messages.filter(([type]) => type !== surfaceCreate);
  for (const { message, at, value, width, cut } of edits) {
    const one = draws[message % draws.length] as [number, Uint8Array];
    const body = one[1];
    for (let i = 0; i < width && body.length > 0; i++) body[(at + i) % body.length] = value;
    if (cut !== null) one[1] = body.subarray(0, cut % (body.length + 1));
  }
  return messages;
}

async function packedStreams(): Promise<Uint8Array[]> {
  const read = (name: string): Promise<Buffer> =>
    readFile(fileURLToPath(new URL(`vectors-draw/${name}`, import.meta.url)));
  const { pack, vectors } = JSON.parse((await read('manifest.json')).toString()) as {
    pack: string;
    vectors: { packed: [number, number] }[];
  };
  const messages = gunzipSync(await read(pack));
  return vectors.map(({ packed: [offset, length] }) => messages.subarray(offset, offset + length));
}

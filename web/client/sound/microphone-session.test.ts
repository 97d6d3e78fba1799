import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MicrophoneSession } from './microphone-session.ts';

const record = { type: 6, id: 0 };

/** A browser's microphone that answers when the test says so. */
class FakeMicrophone {
  readonly answers: { allow(): void; refuse(name: string): void }[] = [];
  readonly tracks: { readyState: string }[] = [];

  ask = (): Promise<MediaStream> =>
    new Promise((resolve, reject) => {
      this.answers.push({
        allow: () => {
          const track = {
            readyState: 'live',
            stop: () => {
              track.readyState = 'ended';
            },
            addEventListener: () => undefined,
          };
          this.tracks.push(track);
          resolve({ getTracks: () => [track] } as unknown as MediaStream);
        },
        refuse: (name) => reject(new DOMException('no', name)),
      });
    });

  get live(): number {
    return this.tracks.filter(({ readyState }) => readyState === 'live').length;
  }
}

class FakeContext {
  sampleRate: number;
  state = 'running';
  audioWorklet = { addModule: () => Promise.resolve() };
  constructor({ sampleRate = 44_100 }: { sampleRate?: number } = {}) {
    this.sampleRate = sampleRate;
  }
  createMediaStreamSource = () => ({ connect: () => undefined, disconnect: () => undefined });
  resume = () => Promise.resolve();
  close = () => Promise.resolve();
}

function settled() {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

let microphone: FakeMicrophone;
beforeEach(() => {
  microphone = new FakeMicrophone();
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: microphone.ask } });
  vi.stubGlobal('AudioContext', FakeContext);
  vi.stubGlobal(
    'AudioWorkletNode',
    class {
      port = { postMessage: () => undefined };
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

function start(isWanted = false) {
  const done: string[] = [];
  const errors: string[] = [];
  const ports: MessagePort[] = [];
  const session = new MicrophoneSession(
    {
      postPort: (port) => ports.push(port),
      closeRecord: () => done.push('close'),
      open: () => done.push('open'),
      emit: (type, detail) => {
        if (type === 'error') errors.push((detail as { message: string }).message);
      },
    },
    isWanted,
  );
  return { session, done, errors, ports };
}

async function allowed() {
  const started = start();
  started.session.admits(record);
  started.session.setOn(true);
  microphone.answers[0]?.allow();
  await settled();
  return started;
}

const starts = { kind: 'recordStart', rate: 48_000, channels: 2 } as const;

describe('MicrophoneSession', () => {
  it('asks nobody and opens nothing unless it was asked for', async () => {
    const { session, done } = start();
    expect(session.admits(record)).toBe(false);
    await settled();
    expect([session.state, done, microphone.answers.length]).toEqual(['off', [], 0]);
    expect(session.isOffered).toBe(true);
  });

  it('asks at once, holds nothing while the guest does not record, and is live while it does', async () => {
    const { session, done, ports } = await allowed();
    expect([session.state, done, microphone.live]).toEqual(['ready', ['open'], 0]);
    session.receive(starts);
    microphone.answers[1]?.allow();
    await settled();
    expect([session.state, microphone.live, ports.length]).toEqual(['live', 1, 1]);
    session.receive({ kind: 'recordStop' });
    expect([session.state, microphone.live]).toEqual(['ready', 0]);
  });

  it('releases a microphone that comes after the guest stopped', async () => {
    const { session, ports } = await allowed();
    session.receive(starts);
    session.receive({ kind: 'recordStop' });
    microphone.answers[1]?.allow();
    await settled();
    expect([session.state, microphone.live, ports.length]).toEqual(['ready', 0, 0]);
  });

  it('releases it when it is turned off, and when the session ends', async () => {
    const { session, done } = await allowed();
    session.receive(starts);
    microphone.answers[1]?.allow();
    await settled();
    session.setOn(false);
    expect([session.state, microphone.live, done]).toEqual(['off', 0, ['open', 'close']]);
    // The worker tells the end of the channel that was closed here, maybe after the next was opened.
    session.setOn(true);
    microphone.answers[2]?.allow();
    await settled();
    session.channelClosed();
    expect(session.state).toBe('ready');
    session.receive(starts);
    microphone.answers[3]?.allow();
    await settled();
    session.ended();
    expect([session.state, microphone.live, session.isOffered]).toEqual(['off', 0, false]);
  });

  it('says in words why there is none, and can be asked again', async () => {
    const { session, done, errors } = start(true);
    session.admits(record);
    microphone.answers[0]?.refuse('NotAllowedError');
    await settled();
    expect([session.state, done]).toEqual(['denied', []]);
    session.setOn(true);
    microphone.answers[1]?.refuse('NotFoundError');
    await settled();
    expect(errors).toEqual([
      expect.stringContaining('Allow it for this site'),
      expect.stringContaining('No microphone was found'),
    ]);
  });

  it('lets the server close the channel', async () => {
    const { session, done } = await allowed();
    session.receive(starts);
    microphone.answers[1]?.allow();
    await settled();
    session.channelClosed();
    expect([session.state, microphone.live, done]).toEqual(['off', 0, ['open']]);
  });
});

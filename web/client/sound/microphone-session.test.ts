import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestFeatureHost } from '../test-feature-host.ts';
// It comes when it is needed; here it is there at once.
import './microphone-input.ts';
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

/** All promises that could go on have done so. */
function settled() {
  return new Promise((resolve) => setImmediate(resolve));
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
  const host = new TestFeatureHost({ microphone: isWanted });
  const session = new MicrophoneSession(host);
  const turn = (isOn: boolean): void => {
    host.settings.microphone = isOn;
    session.settings.microphone(isOn);
  };
  const done = (): string[] => [
    ...host.opened.map(() => 'open'),
    ...host.toSession.filter(({ kind }) => kind === 'closeRecord').map(() => 'close'),
  ];
  const ports = (): number => host.toSession.filter(({ kind }) => kind === 'microphonePort').length;
  return {
    session,
    turn,
    done,
    ports,
    errors: () => host.events.error?.map(({ message }) => message),
    records: () => session.receive.recordStart?.({ kind: 'recordStart', rate: 48_000, channels: 2 }),
    stops: () => session.receive.recordStop?.({ kind: 'recordStop' }),
  };
}

async function allowed() {
  const started = start();
  started.session.listed(record);
  started.turn(true);
  microphone.answers[0]?.allow();
  await settled();
  return started;
}

describe('MicrophoneSession', () => {
  it('asks nobody and opens nothing unless it was asked for', async () => {
    const { session, done } = start();
    session.listed(record);
    expect(session.isWanted()).toBe(false);
    await settled();
    expect([session.state, done(), microphone.answers.length]).toEqual(['off', [], 0]);
    expect(session.isOffered).toBe(true);
  });

  it('asks at once, holds nothing while the guest does not record, and is live while it does', async () => {
    const { session, done, ports, records, stops } = await allowed();
    expect([session.state, done(), microphone.live]).toEqual(['ready', ['open'], 0]);
    records();
    microphone.answers[1]?.allow();
    await settled();
    expect([session.state, microphone.live, ports()]).toEqual(['live', 1, 1]);
    stops();
    expect([session.state, microphone.live]).toEqual(['ready', 0]);
  });

  it('releases a microphone that comes after the guest stopped', async () => {
    const { session, ports, records, stops } = await allowed();
    records();
    stops();
    microphone.answers[1]?.allow();
    await settled();
    expect([session.state, microphone.live, ports()]).toEqual(['ready', 0, 0]);
  });

  it('releases it when it is turned off, and when the session ends', async () => {
    const { session, done, turn, records } = await allowed();
    records();
    microphone.answers[1]?.allow();
    await settled();
    turn(false);
    expect([session.state, microphone.live, done()]).toEqual(['off', 0, ['open', 'close']]);
    // The worker tells the end of the channel that was closed here, maybe after the next was opened.
    turn(true);
    microphone.answers[2]?.allow();
    await settled();
    session.closed();
    expect(session.state).toBe('ready');
    records();
    microphone.answers[3]?.allow();
    await settled();
    session.ended();
    expect([session.state, microphone.live, session.isOffered]).toEqual(['off', 0, false]);
  });

  it('says in words why there is none, and can be asked again', async () => {
    const { session, turn, done, errors } = start(true);
    session.listed(record);
    microphone.answers[0]?.refuse('NotAllowedError');
    await settled();
    expect([session.state, done()]).toEqual(['denied', []]);
    turn(true);
    microphone.answers[1]?.refuse('NotFoundError');
    await settled();
    expect(errors()).toEqual([
      expect.stringContaining('Allow it for this site'),
      expect.stringContaining('No microphone was found'),
    ]);
  });

  it('lets the server close the channel', async () => {
    const { session, done, records } = await allowed();
    records();
    microphone.answers[1]?.allow();
    await settled();
    session.closed();
    expect([session.state, microphone.live, done()]).toEqual(['off', 0, ['open']]);
  });
});

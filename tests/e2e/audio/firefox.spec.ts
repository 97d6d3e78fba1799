/** Firefox with QEMU's sound guest: it hears the tone, and the guest captures what its fake microphone hears. */
import { fakeMicrophoneFrequency, openFirefox } from '../../browsers/firefox.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { captured, soundGuest } from './qemu-sound.ts';

needs('firefox', 'qemu');

const patient = { timeout: 60_000 };
const viewer = `document.querySelector('spice-viewer-app').shadowRoot.querySelector('spice-viewer')`;

/** Before sound starts: what goes to the loudspeaker also goes into an AnalyserNode. */
const listen = `(() => {
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function (...args) {
    if (args[0] instanceof AudioDestinationNode) {
      globalThis.analyser = new AnalyserNode(this.context, { fftSize: 32768, smoothingTimeConstant: 0 });
      connect.call(this, globalThis.analyser);
    }
    return connect.apply(this, args);
  };
})()`;

/** The loudest frequency, hertz; 0 while there is none. */
const loudest = `(() => {
  if (globalThis.analyser === undefined) return 0;
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  const peak = levels.reduce((best, level, i) => (level > levels[best] ? i : best), 0);
  return levels[peak] < -40 ? 0 : (peak * analyser.context.sampleRate) / analyser.fftSize;
})()`;

test('Firefox hears the guest, and the guest hears Firefox', async ({ qemu, bridge }) => {
  const server = await qemu(soundGuest);
  const { pageUrl } = await bridge({ server: `spice://127.0.0.1:${server.port}` });
  const page = await openFirefox(pageUrl('server', { embed: '1' }));
  try {
    const stats = (what: string): Promise<unknown> =>
      page.evaluate(`${viewer}.getStats().then((stats) => stats.${what})`);
    await expect.poll(() => page.evaluate(`${viewer}.state`), patient).toBe('connected');
    await page.evaluate(listen);
    await server.sendKey('p');
    await expect
      .poll(async () => Math.abs((await page.evaluate<number>(loudest)) - 440), patient)
      .toBeLessThan(3);
    console.log(`  ${JSON.stringify(await stats('audio'))}`);
    await server.sendKey('p');

    await page.evaluate(`${viewer}.microphone = true`);
    await expect.poll(() => page.evaluate(`${viewer}.microphoneState`), patient).toBe('ready');
    await server.sendKey('r');
    await expect.poll(() => page.evaluate(`${viewer}.microphoneState`), patient).toBe('live');
    await expect.poll(async () => (await captured(server)).frames, patient).toBeGreaterThan(48_000 * 3);
    const tone = await captured(server);
    console.log(`  ${JSON.stringify(await stats('microphone'))} ${JSON.stringify(tone)}`);
    expect(Math.abs(tone.frequency - fakeMicrophoneFrequency)).toBeLessThan(5);
    expect(tone.filled).toBeGreaterThan(0.9);
    await page.evaluate(`${viewer}.microphone = false`);
    await expect.poll(() => page.evaluate(`${viewer}.microphoneState`), patient).toBe('off');
  } finally {
    await page.close();
  }
});

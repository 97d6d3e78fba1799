import { canPlay } from '../client/sound/audio-output.ts';
import { canRecord } from '../client/sound/microphone-stream.ts';
import type { SpiceClient } from '../client/spice-client.ts';

/** What this browser and a session, where there is one, can do. */
export function capabilities(client: SpiceClient | undefined): Readonly<Record<string, boolean>> {
  return {
    fullscreen: document.fullscreenEnabled ?? false,
    keyboardLock: 'keyboard' in navigator,
    pointerLock: 'requestPointerLock' in HTMLElement.prototype,
    videoDecoder: 'VideoDecoder' in globalThis,
    audio: canPlay(),
    microphone: canRecord() && (client?.offersMicrophone ?? false),
    agent: client?.agentConnected ?? false,
    clipboard: client?.agentFeatures.clipboard ?? false,
    files: client?.agentFeatures.files ?? false,
    resizeSession: client?.agentFeatures.monitors ?? false,
    effects: client?.agentFeatures.effects ?? false,
  };
}

import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { InputsChannel } from '../control/inputs-channel.ts';
import { SoundChannels } from '../sound/sound-channels.ts';
import { MainChannel } from '../control/main-channel.ts';
import type { FromWorker, OpenChannel, ToSessionWorker } from '../threads/worker-messages.ts';
import type { SessionWorkerStats } from '../client/spice-stats.ts';
import { channelEvents } from '../channels/channel-events.ts';
import { serve } from '../threads/worker-scope.ts';

/** Main, inputs, playback and record channels: small messages that must never wait behind a picture. */
export function startSessionWorker(): void {
  serve<ToSessionWorker, FromWorker>((post) => {
    let main: MainChannel | undefined;
    let inputs: InputsChannel | undefined;
    const events = channelEvents(post);
    const sound = new SoundChannels(post, events);

    const postMain = (message: FromWorker): void => {
      if (message.kind === 'mediaTime') sound.times.said(message.time, message.at);
      else post(message);
    };

    const openChannel = (request: OpenChannel): void => {
      if (request.channel.type === channelType.main) main = new MainChannel(request, events, postMain);
      else if (request.channel.type === channelType.inputs) inputs = new InputsChannel(request, events, post);
      else void sound.open(request);
    };

    return (message) => {
      switch (message.kind) {
        case 'openChannel':
          return openChannel(message);
        case 'closeAll':
          sound.close('playback');
          sound.close('record');
          inputs?.close();
          main?.close();
          inputs = undefined;
          main = undefined;
          return;
        case 'soundPort':
          sound.soundPort = message.port;
          return;
        case 'videoLate':
          return sound.playback?.waitForVideo(message.milliseconds);
        case 'closePlayback':
          return sound.close('playback');
        case 'closeRecord':
          return sound.close('record');
        case 'microphonePort':
          return sound.connectMicrophone(message.port, message.rate);
        case 'key':
          return inputs?.sendKey(message.code, message.down);
        case 'lockState':
          return inputs?.lockState(message.modifiers);
        case 'position':
          return inputs?.position(message.x, message.y, message.buttons, message.display);
        case 'motion':
          return inputs?.motion(message.dx, message.dy, message.buttons);
        case 'button':
          return inputs?.button(message.button, message.down, message.buttons);
        case 'requestMouseMode':
          return main?.requestMouseMode(message.mode);
        case 'agent':
          return main?.agent.command(message.command);
        case 'request': {
          const { request } = message;
          if (message.what === 'clipboard') {
            const asked =
              main?.agent.requestClipboard(message.format, message.selection) ?? Promise.resolve(null);
            return void asked.then((value) => post({ kind: 'response', request, value }));
          }
          const { playback, record } = sound;
          const channels = [main, inputs, playback, record]
            .filter((channel) => channel !== undefined)
            .map((channel) => channel.stats);
          const [audio, microphone] = [playback?.audio ?? null, record?.microphone ?? null];
          const value: SessionWorkerStats = { channels, audio, microphone };
          return post({ kind: 'response', request, value });
        }
      }
    };
  });
}

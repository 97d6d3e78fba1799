import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { InputsChannel } from '../channels/inputs-channel.ts';
import { MediaTimes } from '../audio/media-times.ts';
import { decodesOpus } from '../audio/opus-decoder.ts';
import { PlaybackChannel } from '../audio/playback-channel.ts';
import { MainChannel } from '../channels/main-channel.ts';
import type { FromWorker, OpenChannel, ToSessionWorker } from '../session/worker-messages.ts';
import type { SessionWorkerStats } from '../session/spice-stats.ts';
import { channelEvents } from './channel-events.ts';
import { serve } from './worker-scope.ts';

/** Main, inputs and playback channels: small messages that must never wait behind a picture. */
export const startSessionWorker = (): void =>
  serve<ToSessionWorker, FromWorker>((post) => {
    let main: MainChannel | undefined;
    let inputs: InputsChannel | undefined;
    let playback: PlaybackChannel | undefined;
    let soundPort: MessagePort | undefined;
    /** counts what ends playback: a channel that is still to be opened then is not */
    let playbackEnds = 0;
    const events = channelEvents(post);
    const times = new MediaTimes(post);
    const opusKnown = decodesOpus();

    const postMain = (message: FromWorker): void => {
      if (message.kind === 'mediaTime') times.said(message.time, message.at);
      else post(message);
    };

    const openPlayback = async (request: OpenChannel): Promise<void> => {
      const port = soundPort;
      const ends = playbackEnds;
      const opus = await opusKnown;
      if (port === undefined) return;
      const options = { post, times, port, opus };
      const opened = new PlaybackChannel(request, events, options);
      if (ends === playbackEnds) playback = opened;
      else opened.close();
    };

    const closePlayback = (): void => {
      playbackEnds += 1;
      playback?.close();
      playback = undefined;
    };

    const openChannel = (request: OpenChannel): void => {
      if (request.channel.type === channelType.main) main = new MainChannel(request, events, postMain);
      else if (request.channel.type === channelType.inputs) inputs = new InputsChannel(request, events, post);
      else if (request.channel.type === channelType.playback) void openPlayback(request);
    };

    return (message) => {
      switch (message.kind) {
        case 'openChannel':
          return openChannel(message);
        case 'closeAll':
          closePlayback();
          inputs?.close();
          main?.close();
          inputs = undefined;
          main = undefined;
          return;
        case 'soundPort':
          soundPort = message.port;
          return;
        case 'videoLate':
          return playback?.waitForVideo(message.milliseconds);
        case 'closePlayback':
          return closePlayback();
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
          const channels = [main, inputs, playback]
            .filter((channel) => channel !== undefined)
            .map((channel) => channel.stats);
          const value: SessionWorkerStats = { channels, audio: playback?.audio ?? null };
          return post({ kind: 'response', request, value });
        }
      }
    };
  });

import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { InputsChannel } from '../channels/inputs-channel.ts';
import { MainChannel } from '../channels/main-channel.ts';
import type { FromWorker, OpenChannel, ToSessionWorker } from '../session/worker-messages.ts';
import { channelEvents } from './channel-events.ts';
import { serve } from './worker-scope.ts';

/** Main and inputs channels: small messages that must never wait behind a picture. */
export const startSessionWorker = (): void =>
  serve<ToSessionWorker, FromWorker>((post) => {
    let main: MainChannel | undefined;
    let inputs: InputsChannel | undefined;
    const events = channelEvents(post);

    const openChannel = (request: OpenChannel): void => {
      if (request.channel.type === channelType.main) main = new MainChannel(request, events, post);
      else if (request.channel.type === channelType.inputs) inputs = new InputsChannel(request, events, post);
    };

    return (message) => {
      switch (message.kind) {
        case 'openChannel':
          return openChannel(message);
        case 'closeAll':
          inputs?.close();
          main?.close();
          inputs = undefined;
          main = undefined;
          return;
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
            const asked = main?.agent.requestClipboard(message.format) ?? Promise.resolve(null);
            return void asked.then((value) => post({ kind: 'response', request, value }));
          }
          const value = [main, inputs]
            .filter((channel) => channel !== undefined)
            .map((channel) => channel.stats);
          return post({ kind: 'response', request, value });
        }
      }
    };
  });

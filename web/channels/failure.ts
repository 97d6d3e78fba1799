import { CodecError } from '@spice-viewer/shared-protocol/codecs/codec-error.ts';
import { LinkError } from '@spice-viewer/shared-protocol/link/link-error.ts';
import { ProtocolError, type ErrorPlace } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { VideoError } from '../common/video-error.ts';
import type { SessionFailure } from '../threads/worker-messages.ts';
import type { TransportClose } from './transport.ts';

/** Where an error was met; the channel is always known. */
export type FailurePlace = ErrorPlace & { channel: string };

/** Any error as a sentence for the user and a detail for developers, with what is known of its place. */
export function toFailure(error: unknown, place: FailurePlace): SessionFailure {
  const { channel } = place;
  if (error instanceof LinkError) {
    return {
      kind: error.kind === 'auth' ? 'auth' : 'link',
      ...(error.code === undefined ? {} : { code: error.code }),
      sentence: error.sentence,
    };
  }
  if (error instanceof ProtocolError) {
    return {
      kind: 'protocol',
      sentence: `The server sent data that is not valid SPICE (${error.place.channel ?? channel}). Check that it is a SPICE server, and update it or the viewer.`,
      detail: error.at(place).message,
    };
  }
  if (error instanceof CodecError) {
    const expected = `${error.expected} at byte ${error.offset} of the ${error.codec} image`;
    return toFailure(new ProtocolError('bad-value', expected, error.got, {}, error), place);
  }
  if (error instanceof VideoError) return { kind: 'video', sentence: error.message };
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { kind: 'internal', sentence: `The viewer met an internal error (${channel}).`, detail };
}

/** WebSocket close code 1006: nobody said why. */
const ABNORMAL = 1006;

/** Why a connection that we did not close ended. */
export function closeFailure(info: TransportClose, linked: boolean): SessionFailure {
  const said = info.reason === '' ? undefined : info.reason;
  if (!info.wasOpen) {
    const sentence =
      said ??
      'The connection to the bridge could not be opened. Check that it runs and that this page may use it.';
    return { kind: 'unreachable', code: info.code, sentence };
  }
  if (info.code === ABNORMAL) {
    const sentence = said ?? 'The connection was lost. Check the network and connect again.';
    return { kind: 'closed', code: info.code, sentence };
  }
  if (!linked) {
    const sentence =
      info.code === 1000
        ? 'The server closed the connection before the SPICE link was made. It may expect TLS, or not be a SPICE server.'
        : (said ?? 'The connection was refused before the SPICE link was made.');
    return { kind: info.code === 1000 ? 'link' : 'unreachable', code: info.code, sentence };
  }
  return { kind: 'closed', code: info.code, sentence: said ?? 'The server ended the session.' };
}

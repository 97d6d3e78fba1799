import { AUDIO_FORMAT_S16 } from '@spice-viewer/shared-protocol/channels/playback-messages.ts';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';

/** Hertz. */
const LOWEST_FREQUENCY = 8_000;

/** @throws {ProtocolError} `bad-value`: a START of playback or record that asks for what is not handled */
export function checkSoundStart(
  start: { readonly channels: number; readonly format: number; readonly frequency: number },
  most: { readonly channels: number; readonly frequency: number },
): void {
  const { channels, format, frequency } = start;
  if (format !== AUDIO_FORMAT_S16) throw new ProtocolError('bad-value', 'the format 1 (S16)', `${format}`);
  if (channels < 1 || channels > most.channels) {
    throw new ProtocolError('bad-value', `1 to ${most.channels} channels`, `${channels}`);
  }
  if (frequency < LOWEST_FREQUENCY || frequency > most.frequency) {
    const expected = `a frequency from ${LOWEST_FREQUENCY} to ${most.frequency}`;
    throw new ProtocolError('bad-value', expected, `${frequency}`);
  }
}

import { counted, restBytes, u16, u32, u8 } from '../wire/layout.ts';
import { message, MessageSet } from '../wire/message-table.ts';
import { commonClientTable, commonServerTable } from './common-messages.ts';

/** What the bytes of DATA are (docs/protocol/sound.md#values); `celt` is CELT 0.5.1, which nothing decodes any more. */
export const audioMode = { raw: 1, celt: 2, opus: 3 } as const;

/** The only sample format: signed 16 bit, little endian, channels interleaved. */
export const AUDIO_FORMAT_S16 = 1;

/** `time` is the multimedia time of the first sample. */
export const playbackServerTable = {
  ...commonServerTable,
  data: message(101, { time: u32, data: restBytes }),
  /** what DATA holds from now on */
  mode: message(102, { time: u32, mode: u16, data: restBytes }),
  start: message(103, { channels: u32, format: u16, frequency: u32, time: u32 }),
  stop: message(104, {}),
  /** the guest's mixer: one for each channel, 65535 is full */
  volume: message(105, { volume: counted(u8, u16) }),
  /** 1: muted */
  mute: message(106, { mute: u8 }),
  /** to buffer at the least */
  latency: message(107, { milliseconds: u32 }),
} as const;

export const playbackClientTable = { ...commonClientTable } as const;

export const playbackServerMessages = new MessageSet(playbackServerTable);
export const playbackClientMessages = new MessageSet(playbackClientTable);

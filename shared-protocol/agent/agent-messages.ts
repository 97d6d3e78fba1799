import {
  arrayBy,
  counted,
  countedBytes,
  countOf,
  fixedBytes,
  i32,
  ifFlag,
  restBytes,
  struct,
  u16,
  u32,
  u64,
  u8,
  type Layout,
  type Value,
} from '../wire/layout.ts';
import { message, MessageSet, type MessageValue } from '../wire/message-table.ts';

/** What both sides announced and what therefore changes layouts (docs/protocol/agent.md#messages). */
export interface AgentNegotiation {
  /** clipboard messages begin with the selection */
  readonly selection: boolean;
  /** CLIPBOARD_GRAB carries a serial */
  readonly grabSerial: boolean;
}

export const clipboardSelection = { clipboard: 0, primary: 1, secondary: 2 } as const;

export const clipboardType = { none: 0, utf8Text: 1, png: 2, bmp: 3, tiff: 4, jpg: 5, fileList: 6 } as const;

/** Flags of MONITORS_CONFIG. Linux agents of 2021 refuse physicalSize. */
export const monitorsConfigFlag = { usePosition: 1, physicalSize: 2 } as const;

/** Flags of DISPLAY_CONFIG (docs/protocol/agent.md#values). */
export const displayConfigFlag = {
  disableWallpaper: 1,
  disableFontSmooth: 2,
  disableAnimation: 4,
  setColorDepth: 8,
} as const;

/** FILE_XFER_STATUS (docs/protocol/agent.md#files). */
export const fileTransferResult = {
  canSendData: 0,
  cancelled: 1,
  error: 2,
  success: 3,
  notEnoughSpace: 4,
  sessionLocked: 5,
  agentNotConnected: 6,
  disabled: 7,
} as const;

/** All elements up to the end of the body; what is too short for one more is ignored. */
function restOf<T>(element: Layout<T>): Layout<readonly T[]> {
  return {
    minSize: 0,
    shape: { kind: 'array', element },
    read(r, owner, outer) {
      const values: T[] = [];
      while (r.remaining >= element.minSize) values.push(element.read(r, owner, outer));
      return values;
    },
    write: (w, values, owner, outer) => values.forEach((value) => element.write(w, value, owner, outer)),
  };
}

const padding = new Uint8Array(3);
const selectionField: Layout<number> = {
  minSize: 4,
  shape: { kind: 'struct', fields: { selection: u8, padding: fixedBytes(padding.length) } },
  read(r) {
    const selection = r.u8();
    r.take(padding.length);
    return selection;
  },
  write(w, selection) {
    w.u8(selection);
    w.put(padding);
  },
};

/** A field that this session's agent does not have: read as 0, never written. */
const absent: Layout<number> = {
  minSize: 0,
  shape: { kind: 'bytes', length: 0 },
  read: () => 0,
  write: () => undefined,
};

export const monitor = struct({ height: u32, width: u32, depth: u32, x: i32, y: i32 });
export type AgentMonitor = Value<typeof monitor>;

/** CLIPBOARD: the one message that may be large. */
export const AGENT_CLIPBOARD_TYPE = 4;

/** Every agent message; both directions share one numbering. */
function agentTable({ selection, grabSerial }: AgentNegotiation) {
  const prefix = selection ? selectionField : absent;
  return {
    mouseState: message(1, { x: u32, y: u32, buttons: u32, displayId: u8 }),
    monitorsConfig: message(2, {
      numberOfMonitors: countOf(u32, 'monitors'),
      flags: u32,
      monitors: arrayBy('numberOfMonitors', monitor),
      /** millimetres */
      physicalSizes: ifFlag(
        monitorsConfigFlag.physicalSize,
        arrayBy('numberOfMonitors', struct({ height: u16, width: u16 })),
      ),
    }),
    /** of the type of message that it answers; error 1 is success */
    reply: message(3, { type: u32, error: u32 }),
    /** answers CLIPBOARD_REQUEST; type none: there is nothing */
    clipboard: message(AGENT_CLIPBOARD_TYPE, { selection: prefix, type: u32, data: restBytes }),
    displayConfig: message(5, { flags: u32, depth: u32 }),
    /** request 1: tell yours */
    announceCapabilities: message(6, { request: u32, capabilities: restOf(u32) }),
    /** who sends it has something of these types */
    clipboardGrab: message(7, {
      selection: prefix,
      serial: grabSerial ? u32 : absent,
      types: restOf(u32),
    }),
    /** asks for what was grabbed */
    clipboardRequest: message(8, { selection: prefix, type: u32 }),
    /** there is nothing any more */
    clipboardRelease: message(9, { selection: prefix }),
    /** text: a key file with name and size, ended by NUL */
    fileXferStart: message(10, { id: u32, text: restBytes }),
    /** what became of a transfer */
    fileXferStatus: message(11, { id: u32, result: u32, detail: restBytes }),
    /** size: of data */
    fileXferData: message(12, { id: u32, size: u64, data: restBytes }),
    clientDisconnected: message(13, {}),
    /** bytes; -1 is unlimited */
    maxClipboard: message(14, { max: i32 }),
    /** what the client’s mixer says */
    audioVolumeSync: message(15, { isPlayback: u8, mute: u8, volume: counted(u8, u16) }),
    graphicsDeviceInfo: message(16, {
      devices: counted(
        u32,
        struct({ channelId: u32, monitorId: u32, deviceDisplayId: u32, address: countedBytes(u32) }),
      ),
    }),
  } as const;
}

export type AgentTable = ReturnType<typeof agentTable>;
export type AgentMessageName = keyof AgentTable & string;
export type AgentMessageValue<K extends AgentMessageName> = MessageValue<AgentTable, K>;

export function agentMessages(negotiation: AgentNegotiation): MessageSet<AgentTable> {
  return new MessageSet(agentTable(negotiation));
}

/** VDAgentMessage: before every message's body. */
export const agentHeader = struct({ protocol: u32, type: u32, opaque: u64, size: u32 });
export const AGENT_PROTOCOL = 1;

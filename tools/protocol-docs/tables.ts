import * as agent from '../../shared-protocol/agent/agent-messages.ts';
import * as agentCapabilities from '../../shared-protocol/agent/agent-capabilities.ts';
import * as common from '../../shared-protocol/channels/common-messages.ts';
import * as cursor from '../../shared-protocol/channels/cursor-messages.ts';
import * as display from '../../shared-protocol/channels/display-messages.ts';
import * as draw from '../../shared-protocol/channels/draw-structures.ts';
import * as image from '../../shared-protocol/channels/image.ts';
import * as inputs from '../../shared-protocol/channels/inputs-messages.ts';
import * as main from '../../shared-protocol/channels/main-messages.ts';
import * as playback from '../../shared-protocol/channels/playback-messages.ts';
import * as record from '../../shared-protocol/channels/record-messages.ts';
import * as lz from '../../shared-protocol/codecs/lz-header.ts';
import * as quic from '../../shared-protocol/codecs/quic.ts';
import * as capabilities from '../../shared-protocol/link/capabilities.ts';
import * as linkErrors from '../../shared-protocol/link/link-error.ts';
import * as link from '../../shared-protocol/link/link-messages.ts';
import * as stream from '../../shared-protocol/link/message-stream.ts';

/** Files of shared-protocol that describe the wire, and what each exports. */
export const wireFiles: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'agent/agent-capabilities.ts': agentCapabilities,
  // The full layouts: with what only newer agents have.
  'agent/agent-messages.ts': {
    ...agent,
    agentTable: agent.agentMessages({ selection: true, grabSerial: true }).table,
  },
  'channels/common-messages.ts': common,
  'channels/cursor-messages.ts': cursor,
  'channels/display-messages.ts': display,
  'channels/draw-structures.ts': draw,
  'channels/image.ts': image,
  'channels/inputs-messages.ts': inputs,
  'channels/main-messages.ts': main,
  'channels/playback-messages.ts': playback,
  'channels/record-messages.ts': record,
  'codecs/lz-header.ts': lz,
  'codecs/quic.ts': quic,
  'link/capabilities.ts': capabilities,
  'link/link-error.ts': linkErrors,
  'link/link-messages.ts': link,
  'link/message-stream.ts': stream,
};

/** Messages that every channel has; the tables of the channels repeat them. */
export const commonTables: readonly unknown[] = [common.commonServerTable, common.commonClientTable];

export interface Export {
  readonly name: string;
  readonly value: unknown;
  readonly file: string;
}

/** Everything that those files export. */
export function wireExports(): Export[] {
  return Object.entries(wireFiles).flatMap(([file, exported]) =>
    Object.entries(exported).map(([name, value]) => ({ name, value, file })),
  );
}

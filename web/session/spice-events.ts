import type { CursorShape } from '@spice-viewer/shared-protocol/codecs/cursor-shape.ts';
import type { DisplayHead } from './worker-messages.ts';

export type SpiceState = 'disconnected' | 'connecting' | 'connected' | 'reconnecting';

/** The `detail` of each event that SpiceClient and <spice-viewer> dispatch. */
export interface SpiceEventDetails {
  connect: Record<string, never>;
  disconnect: { clean: boolean; reason: string };
  credentialsrequired: { types: readonly string[] };
  securityfailure: { code: number; reason: string };
  statechange: { state: SpiceState };
  displayschange: { displays: readonly DisplayHead[] };
  agentchange: { connected: boolean };
  mousemodechange: { mode: MouseModeName };
  inputlock: { locked: boolean };
  error: { kind: string; message: string };
}

/** Events of SpiceClient alone, for whoever draws the pointer. */
export interface SpiceClientEventDetails extends SpiceEventDetails {
  cursorshape: { shape: CursorShape | null; key: string };
  cursorposition: { x: number; y: number; visible: boolean };
  guestlockstate: { modifiers: number };
  guestname: { name: string };
}

export type MouseModeName = 'server' | 'client';

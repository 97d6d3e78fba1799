import type { CursorShape } from '@spice-viewer/shared-protocol/codecs/cursor-shape.ts';
import type { AgentFeatures } from '../threads/agent-messages.ts';
import type { ClipboardContent, SpiceEventDetails } from '../api/public-types.ts';

/** SpiceClient's events: the public ones, and those for whoever draws the pointer or owns the clipboard. */
export interface SpiceClientEventDetails extends SpiceEventDetails {
  /** `channel` is the cursor channel's, which is the display channel's that it is for */
  cursorshape: { channel: number; shape: CursorShape | null; key: string };
  /** on that channel's surface */
  cursorposition: { channel: number; x: number; y: number; visible: boolean };
  guestlockstate: { modifiers: number };
  /** a session begins, the first one or one in place of one that broke */
  sessionstart: Record<string, never>;
  /** the session may only look on: its inputs channel was refused with 1008 */
  inputsrefused: Record<string, never>;
  agentfeatures: AgentFeatures;
  /** whether sound waits for a gesture of the user */
  audiostate: { blocked: boolean };
  /** the guest changed the volume that it shares with the viewer: 0 to 1, as of `setVolume` */
  guestvolume: { volume: number };
  /** what the guest copied, whole */
  clipboardcontent: ClipboardContent;
}

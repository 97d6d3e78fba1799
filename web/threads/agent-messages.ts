import type { ClipboardFormat } from '../api/public-types.ts';
import type { DesktopEffect } from '../api/settings.ts';

/** What the guest is to do without. */
export interface GuestEffects {
  readonly disabled: readonly DesktopEffect[];
  /** bits a pixel; undefined leaves it to the guest */
  readonly colorDepth?: 16 | 32 | undefined;
}
import type { PlacedMonitor } from '../common/monitor-requests.ts';

/** What the guest's agent can do for us; all false while there is none. */
export interface AgentFeatures {
  readonly clipboard: boolean;
  readonly files: boolean;
  readonly monitors: boolean;
  /** its mixer can be set */
  readonly volume: boolean;
  /** wallpaper, font smoothing, animations and colour depth can be switched */
  readonly effects: boolean;
}

export const noFeatures: AgentFeatures = {
  clipboard: false,
  files: false,
  monitors: false,
  volume: false,
  effects: false,
};

/** A file to send; workers read it slice by slice. */
export interface OutgoingFile {
  readonly id: number;
  /** where it belongs below the guest's folder, with `/`; a plain name for a single file */
  readonly path: string;
  readonly file: Blob;
}

export type TransferChange =
  | { readonly state: 'progress'; readonly sent: number }
  | { readonly state: 'done' }
  | { readonly state: 'cancelled'; readonly message: string }
  | { readonly state: 'failed'; readonly message: string };

/** Text as a string with LF or CRLF as the other side has it, images as PNG. */
export type ClipboardAnswer = string | Blob | null;

/** Main thread to the agent in the session worker. */
export type ToAgent =
  | { kind: 'monitors'; monitors: readonly PlacedMonitor[] }
  /** what is played is to be so loud: 0 to 1 of the sample values */
  | { kind: 'volume'; level: number; muted: boolean }
  | { kind: 'effects'; effects: GuestEffects }
  /** `primary`: the PRIMARY selection is shared too; `limit`: bytes that may be copied, either way */
  | { kind: 'clipboardSettings'; primary: boolean; limit: number }
  /** we own the clipboard and can give it in these formats; none gives it up */
  | { kind: 'clipboardOffer'; formats: readonly ClipboardFormat[] }
  | { kind: 'clipboardAnswer'; answer: number; data: ClipboardAnswer }
  | { kind: 'sendFiles'; files: readonly OutgoingFile[] }
  | { kind: 'cancelTransfer'; id: number };

export type FromAgent =
  | { kind: 'agentFeatures'; features: AgentFeatures }
  /** the guest copied something, or with PRIMARY selected it */
  | { kind: 'clipboardGrab'; selection: number; formats: readonly ClipboardFormat[] }
  /** the guest pastes what we offered: answer with `clipboardAnswer` */
  | { kind: 'clipboardWanted'; answer: number; format: ClipboardFormat }
  | { kind: 'transfer'; id: number; change: TransferChange }
  /** what went wrong without ending anything; about the clipboard it is a sentence for the user */
  | { kind: 'agentTrouble'; about: 'agent' | 'clipboard'; message: string };

// Public types, as those of public-types.ts, that only a page has: they name elements and windows.

import type {
  ClientSettingInput,
  ClientSettingName,
  ClipboardContent,
  SpiceCredentials,
  SpiceSession,
  TicketProvider,
  ViewerSettings,
} from './public-types.ts';

/** A SPICE session without any UI. */
export interface SpiceClientInterface extends EventTarget, SpiceSession {
  /** the guest's name and id, empty until the server tells them */
  readonly name: string;
  readonly uuid: string;
  /** the guest's lock keys: 1 scroll, 2 num, 4 caps; undefined until it tells them */
  readonly lockState: number | undefined;
  /**
   * Gives the display's picture a canvas, whose size follows the guest's. It may be given before the session begins,
   * and stays the display's over all sessions of this client, until `detachCanvas` or `dispose`.
   */
  attachCanvas(display: number, canvas: HTMLCanvasElement): void;
  detachCanvas(display: number): void;
  /** Changes a setting: of the running session where it can change live, and of those that follow. */
  update<Name extends ClientSettingName>(name: Name, value: ClientSettingInput<Name>): void;
  /** Puts it on the guest's clipboard, where the mode allows that. */
  offerClipboard(content: ClipboardContent): void;
  /** @param volume 0 to 1 */
  setVolume(volume: number, muted: boolean): void;
  /** To be called in a gesture of the user after `audioblocked`. */
  resumeAudio(): void;
  /** Nobody sees it: the session keeps its state right without painting. A canvas may be in another window. */
  setVisible(visible: boolean): void;
  /** @param modifiers wanted lock state: 1 scroll, 2 num, 4 caps */
  sendLockState(modifiers: number): void;
  /** absolute, client mouse mode */
  sendPosition(x: number, y: number, buttons: number, display: number): void;
  /** relative, server mouse mode */
  sendMotion(dx: number, dy: number, buttons: number): void;
  /** @param button 1 left, 2 middle, 3 right, 4 wheel up, 5 wheel down, 6 side, 7 extra */
  sendButton(button: number, down: boolean, buttons: number): void;
  /** The guest's pixels at its native size, without the cursor. */
  getImageData(display?: number): Promise<ImageData>;
  /** The same as a PNG. */
  toBlob(display?: number): Promise<Blob>;
  /** Ends the session and lets go of everything, canvases and workers too. */
  dispose(): void;
}

/** The <spice-viewer> element. */
export interface SpiceViewerElement extends HTMLElement, SpiceSession, ViewerSettings {
  /** never reflected to an attribute */
  credentials: SpiceCredentials | undefined;
  /** never reflected to an attribute; sent as a WebSocket subprotocol */
  token: string | undefined;
  /** never reflected to an attribute */
  ticketProvider: TicketProvider | undefined;
  /** the guest's name and UUID, empty until the server tells them */
  readonly guestName: string;
  readonly guestUuid: string;
  /** what this browser and session can do */
  readonly capabilities: Readonly<Record<string, boolean>>;
  /**
   * Shows a display in a window of its own, with the same session; closing it brings the display back. To be called
   * in a gesture of the user. Gives undefined, after an `error` event, where the browser blocks it; RangeError for a
   * display that the guest does not have.
   */
  openDisplay(id: number): Window | undefined;
  /** Takes the pointer for guests in server mouse mode. */
  requestPointerLock(options?: PointerLockOptions): Promise<void>;
  /** PNG of a display at the guest's native size, without the cursor */
  toBlob(options?: { display?: number }): Promise<Blob>;
  /** the guest's pixels of a display at its native size, without the cursor */
  getImageData(options?: { display?: number }): Promise<ImageData>;
}

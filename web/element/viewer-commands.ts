import { canPlay } from '../client/sound/audio-output.ts';
import { canRecord } from '../client/sound/microphone-input.ts';
import type { SpiceClient } from '../client/spice-client.ts';
import { noStats } from '../client/spice-stats.ts';
import type {
  DisplayHead,
  MicrophoneState,
  MonitorRequest,
  MouseModeName,
  SpiceStats,
} from '../api/public-types.ts';
import { ViewerSettings } from './viewer-settings.ts';

/** What <spice-viewer> tells of its session, and hands on to it. */
export class ViewerCommands extends ViewerSettings {
  protected client: SpiceClient | undefined;

  get displays(): readonly DisplayHead[] {
    return this.client?.displays ?? [];
  }

  get mouseMode(): MouseModeName {
    return this.client?.mouseMode ?? 'server';
  }

  get agentConnected(): boolean {
    return this.client?.agentConnected ?? false;
  }

  get microphoneState(): MicrophoneState {
    return this.client?.microphoneState ?? 'off';
  }

  /** The guest's name, empty until the server tells it. */
  get guestName(): string {
    return this.client?.name ?? '';
  }

  get guestUuid(): string {
    return this.client?.uuid ?? '';
  }

  /** What this browser and session can do. */
  get capabilities(): Readonly<Record<string, boolean>> {
    return {
      fullscreen: document.fullscreenEnabled ?? false,
      keyboardLock: 'keyboard' in navigator,
      pointerLock: 'requestPointerLock' in HTMLElement.prototype,
      videoDecoder: 'VideoDecoder' in globalThis,
      audio: canPlay(),
      microphone: canRecord() && (this.client?.offersMicrophone ?? false),
      agent: this.agentConnected,
      clipboard: this.client?.agentFeatures.clipboard ?? false,
      files: this.client?.agentFeatures.files ?? false,
      resizeSession: this.client?.agentFeatures.monitors ?? false,
      effects: this.client?.agentFeatures.effects ?? false,
    };
  }

  /** Presses and releases a combination: `ctrl+alt+delete`. RangeError for a key that is not known. */
  sendKeys(combination: string): void {
    this.client?.sendKeys(combination);
  }

  /** @param code a `KeyboardEvent.code` */
  sendKey(code: string, down: boolean): void {
    this.client?.sendKey(code, down);
  }

  /**
   * Types text: characters of the guest's `keyboard-layout` as its keys, others through the guest's clipboard and Ctrl+V.
   * Rejects with RangeError, having typed nothing, when that needs a clipboard and none is shared.
   */
  typeText(text: string): Promise<void> {
    return this.client?.typeText(text) ?? Promise.reject(new Error('There is no session.'));
  }

  /** Puts text on the guest's clipboard, where `clipboard` allows that. */
  clipboardPasteFrom(text: string): void {
    this.client?.clipboardPasteFrom(text);
  }

  /** Asks for a mouse mode; `mousemodechange` tells what the server makes of it. */
  requestMouseMode(mode: MouseModeName): void {
    this.client?.requestMouseMode(mode);
  }

  /** Sends files into the guest; the transfer events tell what becomes of them. Gives the transfers' ids. */
  sendFiles(files: Iterable<File>): number[] {
    if (this.client === undefined) throw new Error('There is no session.');
    return this.client.sendFiles(files);
  }

  cancelTransfer(id: number): void {
    this.client?.cancelTransfer(id);
  }

  /** Asks the guest for these monitors, in their order; an empty list asks for nothing from now on. */
  setMonitors(monitors: readonly MonitorRequest[]): void {
    this.client?.setMonitors(monitors);
  }

  getStats(): Promise<SpiceStats> {
    return this.client?.getStats() ?? Promise.resolve(noStats);
  }

  /** PNG of a display at the guest's native size, without the cursor. */
  toBlob({ display }: { display?: number } = {}): Promise<Blob> {
    return this.client?.toBlob(display) ?? Promise.reject(new Error('There is no session.'));
  }

  getImageData({ display }: { display?: number } = {}): Promise<ImageData> {
    return this.client?.getImageData(display) ?? Promise.reject(new Error('There is no session.'));
  }
}

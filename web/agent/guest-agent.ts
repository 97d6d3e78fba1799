import { agentCapability } from '@spice-viewer/shared-protocol/agent/agent-capabilities.ts';
import { AgentConnection, type AgentMessage } from '@spice-viewer/shared-protocol/agent/agent-connection.ts';
import { displayConfigFlag, monitorsConfigFlag } from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import type { ClipboardFormat } from '../api/public-types.ts';
import type { DesktopEffect } from '../api/settings.ts';
import type { PlacedMonitor } from '../common/monitor-requests.ts';
import { noFeatures, type FromAgent, type GuestEffects, type ToAgent } from '../threads/agent-messages.ts';
import { browserPictures, type PictureConverter } from './clipboard-pictures.ts';
import { GuestClipboard } from './guest-clipboard.ts';
import { GuestFiles } from './guest-files.ts';
import { wireMonitors } from './monitors-config.ts';

/** The part of the main channel that the agent needs. */
export interface AgentChannel {
  /** AGENT_START */
  start(): void;
  /** AGENT_DATA */
  send(data: Uint8Array): void;
}

const effectFlags: Readonly<Record<DesktopEffect, number>> = {
  wallpaper: displayConfigFlag.disableWallpaper,
  'font-smooth': displayConfigFlag.disableFontSmooth,
  animation: displayConfigFlag.disableAnimation,
};

/** The guest's agent as the session worker sees it: one of a main channel, whether an agent runs or not. */
export class GuestAgent {
  readonly #channel: AgentChannel;
  readonly #post: (message: FromAgent) => void;
  readonly #connection = new AgentConnection();
  readonly #clipboard: GuestClipboard;
  readonly #files: GuestFiles;
  #wantedEffects: GuestEffects = { disabled: [] };
  /** as sent to this agent; empty while nothing was */
  #sentEffects = '';
  #wantedMonitors: readonly PlacedMonitor[] = [];
  /** as sent to this agent */
  #sentMonitors = '';
  /** this agent has said what it can do */
  #isKnown = false;

  constructor(
    channel: AgentChannel,
    post: (message: FromAgent) => void,
    pictures: PictureConverter = browserPictures,
  ) {
    this.#channel = channel;
    this.#post = post;
    const flush = (): void => this.#flush();
    this.#clipboard = new GuestClipboard(this.#connection, flush, post, pictures);
    this.#files = new GuestFiles(this.#connection, flush, post);
  }

  setTokens(count: number): void {
    this.#connection.setTokens(count);
  }

  addTokens(count: number): void {
    this.#connection.addTokens(count);
    this.#flush();
  }

  /** An agent is there. */
  connected(): void {
    this.#forget();
    this.#channel.start();
    this.#connection.connected();
    this.#flush();
  }

  disconnected(): void {
    this.#forget();
    this.#post({ kind: 'agentFeatures', features: noFeatures });
  }

  dispose(): void {
    this.#connection.disconnected();
    this.#clipboard.gone();
    this.#files.gone();
  }

  /** An AGENT_DATA body, borrowed. */
  receive(data: Uint8Array): void {
    this.#clipboard.heard();
    const { messages, errors } = this.#connection.receive(data);
    for (const message of messages) this.#handle(message);
    for (const error of errors) {
      if (error.code === 'too-large' && error.place.message === 'clipboard') this.#clipboard.onOversized();
      else this.#post({ kind: 'agentTrouble', about: 'agent', message: error.message });
    }
    this.#flush();
  }

  command(command: ToAgent): void {
    switch (command.kind) {
      case 'volume':
        return this.#sendVolume(command.level, command.muted);
      case 'monitors':
        this.#wantedMonitors = command.monitors;
        return this.#sendMonitors();
      case 'effects':
        this.#wantedEffects = command.effects;
        return this.#sendEffects();
      case 'clipboardSettings':
        return this.#clipboard.settings(command.primary, command.limit);
      case 'clipboardOffer':
        return this.#clipboard.offer(command.formats);
      case 'clipboardAnswer':
        return void this.#clipboard.answer(command.answer, command.data);
      case 'sendFiles':
        return this.#files.send(command.files);
      case 'cancelTransfer':
        return this.#files.cancel(command.id);
    }
  }

  requestClipboard(format: ClipboardFormat, selection: number): Promise<string | ArrayBuffer | null> {
    return this.#clipboard.request(format, selection);
  }

  #handle(message: AgentMessage): void {
    switch (message.name) {
      case 'announceCapabilities':
        // An answer to our own announcement changes nothing.
        if (!this.#isKnown || message.value.request !== 0) this.#ready();
        return;
      case 'clipboardGrab':
        return this.#clipboard.onGrab(message.value);
      case 'clipboardRelease':
        return this.#clipboard.onRelease(message.value);
      case 'clipboardRequest':
        return this.#clipboard.onRequest(message.value);
      case 'clipboard':
        return this.#clipboard.onData(message.value);
      case 'fileXferStatus':
        return this.#files.onStatus(message.value);
      default:
    }
  }

  #ready(): void {
    const connection = this.#connection;
    this.#isKnown = true;
    this.#sentMonitors = '';
    this.#sentEffects = '';
    this.#clipboard.ready();
    this.#sendEffects();
    this.#sendMonitors();
    this.#post({
      kind: 'agentFeatures',
      features: {
        clipboard: connection.has(agentCapability.clipboardByDemand),
        files: !connection.has(agentCapability.fileXferDisabled),
        monitors: connection.has(agentCapability.monitorsConfig),
        volume: connection.has(agentCapability.audioVolumeSync),
        effects: connection.has(agentCapability.displayConfig),
      },
    });
  }

  #sendVolume(level: number, muted: boolean): void {
    const connection = this.#connection;
    if (!connection.has(agentCapability.audioVolumeSync)) return;
    const volume = Math.round(Math.max(0, Math.min(1, level)) * 0xffff);
    connection.send('audioVolumeSync', { isPlayback: 1, mute: muted ? 1 : 0, volume: [volume, volume] });
    this.#flush();
  }

  #sendMonitors(): void {
    const connection = this.#connection;
    const wantedMonitors = this.#wantedMonitors;
    if (wantedMonitors.length === 0 || !connection.has(agentCapability.monitorsConfig)) return;
    const key = JSON.stringify(wantedMonitors);
    if (key === this.#sentMonitors) return;
    this.#sentMonitors = key;
    connection.send('monitorsConfig', {
      flags: monitorsConfigFlag.usePosition,
      monitors: wireMonitors(wantedMonitors, connection.has(agentCapability.sparseMonitorsConfig)),
      physicalSizes: undefined,
    });
    this.#flush();
  }

  /** Nothing is sent until something is to be switched off; then every change is, back to all on. */
  #sendEffects(): void {
    const connection = this.#connection;
    const wantedEffects = this.#wantedEffects;
    if (!connection.has(agentCapability.displayConfig)) return;
    const { disabled, colorDepth } = wantedEffects;
    let flags = colorDepth === undefined ? 0 : displayConfigFlag.setColorDepth;
    for (const effect of disabled) flags |= effectFlags[effect];
    const key = `${flags} ${colorDepth}`;
    if (key === this.#sentEffects || (flags === 0 && this.#sentEffects === '')) return;
    this.#sentEffects = key;
    connection.send('displayConfig', { flags, depth: colorDepth ?? 0 });
    this.#flush();
  }

  #forget(): void {
    this.#connection.disconnected();
    this.#isKnown = false;
    this.#sentMonitors = '';
    this.#clipboard.gone();
    this.#files.gone();
  }

  #flush(): void {
    for (
      let chunk = this.#connection.nextChunk();
      chunk !== undefined;
      chunk = this.#connection.nextChunk()
    ) {
      this.#channel.send(chunk);
    }
    this.#clipboard.drained();
    this.#files.drained();
  }
}

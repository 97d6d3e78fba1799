import { MAX_CLIPBOARD_SIZE } from '@spice-viewer/shared-protocol/agent/agent-transport.ts';
import { LitElement, type PropertyDeclarations } from 'lit';
import type {
  ClipboardMode,
  ImageCompression,
  KeyboardLayout,
  ScaleMode,
  VideoDecoderChoice,
} from '../api/public-types.ts';

/** For what is on by default: without the attribute too. */
function isOn(value: string | null): boolean {
  return value === null || !['off', 'false', '0'].includes(value);
}

/** The attributes of <spice-viewer> and their defaults. */
export class ViewerSettings extends LitElement {
  static override properties: PropertyDeclarations = {
    url: { type: String },
    scale: { type: String, reflect: true },
    viewOnly: { type: Boolean, attribute: 'view-only', reflect: true },
    clipViewport: { type: Boolean, attribute: 'clip-viewport', reflect: true },
    disableChannels: { type: String, attribute: 'disable-channels' },
    resizeSession: { type: Boolean, attribute: 'resize-session', reflect: true },
    clipboard: { type: String },
    primarySelection: { type: Boolean, attribute: 'primary-selection', reflect: true },
    clipboardLimit: { type: Number, attribute: 'clipboard-limit' },
    keyboardLayout: { type: String, attribute: 'keyboard-layout' },
    disableEffects: { type: String, attribute: 'disable-effects' },
    colorDepth: { type: Number, attribute: 'color-depth' },
    display: { type: Number },
    toolbar: { type: String, reflect: true },
    compression: { type: String },
    videoCodecs: { type: String, attribute: 'video-codecs' },
    videoDecoder: { type: String, attribute: 'video-decoder' },
    audio: { converter: { fromAttribute: isOn } },
    microphone: { type: Boolean, reflect: true },
    stats: { type: Boolean, reflect: true },
    reconnect: { type: Boolean, reflect: true },
    keyboardLock: { type: Boolean, attribute: 'keyboard-lock', reflect: true },
  };

  declare url: string;
  declare scale: ScaleMode;
  declare viewOnly: boolean;
  declare clipViewport: boolean;
  /** the guest follows the element's size, where its agent can; scaled otherwise */
  declare resizeSession: boolean;
  /** `in` is into the guest, `out` is out of it */
  declare clipboard: ClipboardMode;
  /** what is selected in the guest counts as copied, and its middle button pastes the browser's clipboard */
  declare primarySelection: boolean;
  /** bytes that may be copied, either way */
  declare clipboardLimit: number;
  /** the guest's, on which `typeText` and input methods type; `none` pastes */
  declare keyboardLayout: KeyboardLayout;
  /** comma or space separated: `wallpaper`, `font-smooth`, `animation`, or `all` */
  declare disableEffects: string;
  /** bits a pixel, 16 or 32; 0 leaves it to the guest */
  declare colorDepth: number;
  /** comma or space separated channel names, e.g. `cursor` */
  declare disableChannels: string;
  /** the one display to show; all when undefined */
  declare display: number | undefined;
  declare toolbar: 'auto' | 'none';
  declare compression: ImageCompression;
  /** comma or space separated codecs to ask the server for, best first, e.g. `vp8 mjpeg` */
  declare videoCodecs: string;
  declare videoDecoder: VideoDecoderChoice;
  /** whether the guest is heard; the attribute's value `off` turns it off */
  declare audio: boolean;
  /** whether the guest may record from the microphone; becomes false when the browser or the user refuses */
  declare microphone: boolean;
  /** numbers and a plot over the picture */
  declare stats: boolean;
  /** a session that breaks is opened anew, with growing pauses between attempts */
  declare reconnect: boolean;
  declare keyboardLock: boolean;

  constructor() {
    super();
    this.url = '';
    this.scale = 'fit';
    this.viewOnly = false;
    this.clipViewport = false;
    this.resizeSession = false;
    this.clipboard = 'both';
    this.primarySelection = false;
    this.clipboardLimit = MAX_CLIPBOARD_SIZE;
    this.keyboardLayout = 'us';
    this.disableEffects = '';
    this.colorDepth = 0;
    this.disableChannels = '';
    this.display = undefined;
    this.toolbar = 'auto';
    this.compression = 'auto';
    this.videoCodecs = '';
    this.videoDecoder = 'auto';
    this.audio = true;
    this.microphone = false;
    this.stats = false;
    this.reconnect = false;
    this.keyboardLock = false;
  }
}

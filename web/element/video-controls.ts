import { css, html, type ReactiveControllerHost } from 'lit';
import { supportedVideoCodecs } from '../common/browser-codecs.ts';
import type { SpiceViewerElement } from '../api/page-types.ts';
import type { VideoCodec, VideoDecoderChoice } from '../api/public-types.ts';

export const videoControlsStyles = css`
  .video {
    position: relative;
  }
  .video summary {
    border-radius: 0.4rem;
    padding: 0.35rem 0.7rem;
    background: rgb(255 255 255 / 10%);
    cursor: pointer;
    list-style: none;
  }
  .video summary:hover {
    background: rgb(255 255 255 / 20%);
  }
  .video .choices {
    position: absolute;
    inset-block-start: calc(100% + 0.4rem);
    inset-inline-end: 0;
    display: grid;
    grid-template-columns: auto auto;
    gap: 0.5rem 0.7rem;
    align-items: center;
    padding: 0.8rem;
    border-radius: 0.6rem;
    background: var(--_toolbar-bg);
    box-shadow: 0 2px 10px rgb(0 0 0 / 35%);
  }
  .video select {
    border: 1px solid rgb(255 255 255 / 25%);
    border-radius: 0.4rem;
    padding: 0.25rem 0.4rem;
    background: #101418;
    color: inherit;
    font: inherit;
  }
  .video .now {
    grid-column: 1 / -1;
  }
  .video summary:focus-visible,
  .video select:focus-visible {
    outline: 2px solid var(--_focus-ring);
    outline-offset: 1px;
  }
`;

/** milliseconds between two looks at what is in use */
const INTERVAL = 1000;

const names: Readonly<Record<VideoCodec, string>> = {
  mjpeg: 'MJPEG',
  vp8: 'VP8',
  h264: 'H.264',
  vp9: 'VP9',
  h265: 'H.265',
};

const decoders: readonly (readonly [VideoDecoderChoice, string])[] = [
  ['auto', 'Automatic'],
  ['hardware', 'Hardware'],
  ['software', 'Software'],
];

/** The toolbar's choice of codec and decoder, and what is in use. */
export class VideoControls {
  readonly #host: ReactiveControllerHost & SpiceViewerElement;
  #codecs: readonly VideoCodec[] = [];
  #asked = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #now = '';

  constructor(host: ReactiveControllerHost & SpiceViewerElement) {
    this.#host = host;
  }

  /** They are shown no more. */
  stop(): void {
    this.#watch(false);
  }

  render(): unknown {
    const host = this.#host;
    const [codec = ''] = host.videoCodecs.split(/[\s,]+/);
    return html`<details
      class="video"
      @toggle=${(event: Event) => this.#watch((event.target as HTMLDetailsElement).open)}
    >
      <summary>Video</summary>
      <div class="choices">
        <label for="video-codec">Codec</label>
        <select id="video-codec" @change=${(event: Event) => (host.videoCodecs = valueOf(event))}>
          <option value="" ?selected=${codec === ''}>The server’s choice</option>
          ${this.#codecs.map(
            (name) => html`<option value=${name} ?selected=${codec === name}>${names[name]}</option>`,
          )}
        </select>
        <label for="video-decoder">Decoder</label>
        <select
          id="video-decoder"
          @change=${(event: Event) => (host.videoDecoder = valueOf(event) as VideoDecoderChoice)}
        >
          ${decoders.map(
            ([value, name]) =>
              html`<option value=${value} ?selected=${host.videoDecoder === value}>${name}</option>`,
          )}
        </select>
        <div class="now" role="status">${this.#now}</div>
      </div>
    </details>`;
  }

  #watch(isOpen: boolean): void {
    clearInterval(this.#timer);
    this.#timer = isOpen ? setInterval(() => void this.#look(), INTERVAL) : undefined;
    if (!isOpen) return;
    void this.#look();
    if (this.#asked) return;
    this.#asked = true;
    void supportedVideoCodecs().then((codecs) => {
      this.#codecs = codecs;
      this.#host.requestUpdate();
    });
  }

  async #look(): Promise<void> {
    const { streams } = await this.#host.getStats();
    const uses = streams.map(
      ({ codec, hardware, width, height }) =>
        `${names[codec]}, ${hardware ? 'hardware' : 'software'}, ${width}×${height}`,
    );
    const now = uses.length === 0 ? 'No video now.' : `Now: ${uses.join('; ')}`;
    if (now === this.#now) return;
    this.#now = now;
    this.#host.requestUpdate();
  }
}

function valueOf(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}

import { css, html, nothing, type ReactiveControllerHost } from 'lit';
import type { SpiceClient } from '../client/spice-client.ts';
import { Disposables, type Disposable } from '../common/disposables.ts';

export const audioControlsStyles = css`
  .volume {
    display: flex;
    gap: 0.25rem;
    align-items: center;
  }
  .volume input {
    width: 5rem;
    accent-color: var(--_accent);
  }
  .unheard {
    position: absolute;
    top: 0.8rem;
    right: 0.8rem;
    z-index: 3;
    box-shadow: 0 2px 10px rgb(0 0 0 / 35%);
    background: var(--_toolbar-bg);
  }
  .unheard:hover {
    background: var(--_toolbar-bg);
  }
`;

/** Volume and mute in the toolbar, and the hint where a browser wants a gesture before it plays sound. */
export class AudioControls {
  readonly #host: ReactiveControllerHost & HTMLElement;
  #client: SpiceClient | undefined;
  /** 0 to 1, kept from session to session */
  #volume = 1;
  #isMuted = false;
  #isHintShown = false;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
  }

  /**
   * They are this client's until that is disposed.
   * @param announce tells that sound waits for a gesture; gives false when the hint is not wanted
   */
  bind(client: SpiceClient, announce: () => boolean): Disposable {
    const held = new Disposables();
    this.#client = client;
    held.defer(() => {
      this.#client = undefined;
      this.#isHintShown = false;
    });
    client.setVolume(this.#volume, this.#isMuted);
    held.defer(
      client.on('audiostate', ({ blocked }) => {
        this.#isHintShown = blocked && announce();
        this.#host.requestUpdate();
        if (blocked) this.#awaitGesture(client, held.part());
      }),
    );
    held.defer(
      client.on('guestvolume', ({ volume }) => {
        this.#volume = volume;
        this.#host.requestUpdate();
      }),
    );
    return held;
  }

  render(): unknown {
    return html`<span class="volume">
      <button part="button" type="button" aria-pressed=${this.#isMuted} @click=${() => this.#toggleMute()}>
        ${this.#isMuted ? 'Unmute' : 'Mute'}
      </button>
      <input
        type="range"
        min="0"
        max="1"
        step="0.01"
        aria-label="Volume"
        .value=${String(this.#volume)}
        @input=${(event: InputEvent) => this.#setVolume(Number((event.target as HTMLInputElement).value))}
      />
    </span>`;
  }

  renderHint(): unknown {
    if (!this.#isHintShown) return nothing;
    return html`<button part="button" class="unheard" type="button">Click to hear sound</button>`;
  }

  /** Any gesture on the page is one for the browser. */
  #awaitGesture(client: SpiceClient, held: Disposables): void {
    held.defer(client.on('audiostate', () => held.dispose()));
    for (const gesture of ['pointerdown', 'pointerup', 'keydown']) {
      held.listen(this.#host.ownerDocument, gesture, () => client.resumeAudio(), { capture: true });
    }
  }

  #toggleMute(): void {
    this.#isMuted = !this.#isMuted;
    this.#apply();
  }

  #setVolume(volume: number): void {
    this.#volume = volume;
    // Who moves the slider wants to hear.
    this.#isMuted = false;
    this.#apply();
  }

  #apply(): void {
    this.#client?.setVolume(this.#volume, this.#isMuted);
    this.#host.requestUpdate();
  }
}

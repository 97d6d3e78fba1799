import { Task } from '@lit/task';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { SpiceViewer } from '../element/spice-viewer.ts';
import { readPageOptions, withoutSecrets, type PageOptions } from './page-options.ts';

/** As `GET targets.json` of the bridge tells them. */
interface Target {
  readonly name: string;
  readonly title?: string;
  readonly kind: string;
}

/** The page around the viewer: which desktop, and nothing in the way once one is open. */
export class SpiceViewerApp extends LitElement {
  static override styles = css`
    :host {
      position: relative;
      display: block;
      height: 100%;
      background: #101418;
      color: #e8edf2;
      font:
        15px/1.5 system-ui,
        sans-serif;
    }
    spice-viewer {
      width: 100%;
      height: 100%;
    }
    main {
      box-sizing: border-box;
      max-width: 34rem;
      min-height: 100%;
      margin: 0 auto;
      padding: 12vh 1.5rem 2rem;
    }
    h1 {
      margin: 0 0 0.3rem;
      font-size: 1.5rem;
    }
    p {
      margin: 0 0 1.5rem;
      color: #a9b6c2;
    }
    ul {
      display: grid;
      gap: 0.6rem;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    button {
      box-sizing: border-box;
      width: 100%;
      padding: 0.9rem 1.1rem;
      border: 1px solid rgb(255 255 255 / 14%);
      border-radius: 0.6rem;
      background: rgb(255 255 255 / 6%);
      color: inherit;
      font: inherit;
      text-align: start;
      cursor: pointer;
    }
    button:hover {
      background: rgb(255 255 255 / 12%);
    }
    .waiting {
      position: absolute;
      inset: 0;
      display: grid;
      place-items: center;
    }
    .waiting button {
      width: auto;
      padding: 0.9rem 1.6rem;
      text-align: center;
    }
    button.desktops {
      width: auto;
      padding: 0.35rem 0.7rem;
      border: 0;
      border-radius: 0.4rem;
      font-size: 14px;
      line-height: 1.45;
    }
    button:focus-visible {
      outline: 2px solid #7cc0ff;
      outline-offset: 2px;
    }
    small {
      display: block;
      color: #a9b6c2;
    }
  `;
  static override properties = { target: { state: true }, isWaiting: { state: true } };

  /** a desktop's name; null for the one that the token names */
  declare private target: string | null | undefined;
  /** for a press on the button, as the address asks for */
  declare private isWaiting: boolean;
  readonly #options: PageOptions;
  #started = false;
  /** The desktop that the fragment's secrets are for: the first. Another's server must not see them. */
  #secretsFor: { readonly target: string | null | undefined } | undefined;

  readonly #targets = new Task(this, {
    task: async (_, { signal }) => {
      const response = await fetch('targets.json', { signal });
      if (!response.ok) throw new Error(`The bridge answered with status ${response.status}.`);
      const { targets } = (await response.json()) as { targets: Target[] };
      // With a single desktop there is nothing to choose.
      if (this.target === undefined && targets.length === 1) this.target = targets[0]?.name;
      return targets;
    },
    args: () => [],
  });

  constructor() {
    super();
    this.#options = readPageOptions(location.search, location.hash);
    const hash = withoutSecrets(location.hash);
    if (hash !== location.hash) history.replaceState(null, '', location.pathname + location.search + hash);
    this.target = this.#options.target ?? (this.#options.token === undefined ? undefined : null);
    this.isWaiting = !this.#options.autoconnect;
  }

  protected override render(): TemplateResult {
    return this.target === undefined ? this.#renderTargets() : this.#renderViewer(this.target);
  }

  #renderViewer(target: string | null): TemplateResult {
    return html`<spice-viewer
        url=${target === null ? 'spice' : `spice/${encodeURIComponent(target)}`}
        reconnect
        toolbar=${this.#options.embed ? 'none' : 'auto'}
        @guestname=${(event: CustomEvent<{ name: string }>) => this.#setTitle(event.detail.name || (target ?? ''))}
        @disconnect=${() => this.#setTitle('')}
        ${ref((element) => this.#start(element as SpiceViewer | undefined))}
      >
        ${
          this.#options.embed
            ? nothing
            : html`<button slot="toolbar-end" type="button" class="desktops" @click=${this.#leave}>
                Desktops
              </button>`
        }
      </spice-viewer>
      ${
        this.isWaiting
          ? html`<div class="waiting">
              <button type="button" @click=${this.#connectNow}>
                Connect${target === null ? nothing : ` to ${target}`}
              </button>
            </div>`
          : nothing
      }`;
  }

  #renderTargets(): TemplateResult {
    return html`<main>
      <h1>spice-viewer</h1>
      ${this.#targets.render({
        pending: () => html`<p role="status">Asking the bridge for its desktops…</p>`,
        complete: (targets) => this.#renderList(targets),
        error: (error) =>
          html`<p role="alert">
            The list of desktops could not be loaded. ${error instanceof Error ? error.message : ''} Check
            that the bridge runs, then reload the page.
          </p>`,
      })}
    </main>`;
  }

  #renderList(targets: readonly Target[]): TemplateResult {
    if (targets.length === 0) return html`<p>This bridge offers no desktop by name.</p>`;
    return html`<p>Choose a desktop.</p>
      <ul>
        ${targets.map(
          ({ name, title }) =>
            html`<li>
              <button type="button" @click=${() => this.#choose(name)}>
                ${title ?? name}${title === undefined ? nothing : html`<small>${name}</small>`}
              </button>
            </li>`,
        )}
      </ul>`;
  }

  #choose(name: string): void {
    this.#started = false;
    this.isWaiting = false;
    this.target = name;
  }

  #setTitle(desktop: string): void {
    document.title = desktop === '' ? 'spice-viewer' : `${desktop} – spice-viewer`;
  }

  readonly #leave = (): void => {
    this.renderRoot.querySelector('spice-viewer')?.disconnect();
    this.target = undefined;
  };

  #start(viewer: SpiceViewer | undefined): void {
    if (viewer === undefined || this.#started) return;
    this.#started = true;
    Object.assign(viewer, this.#options.settings);
    this.#secretsFor ??= { target: this.target };
    if (this.#secretsFor.target === this.target) {
      const { password, token } = this.#options;
      if (password !== undefined) viewer.credentials = { password };
      viewer.token = token;
    }
    if (this.isWaiting) return;
    // The attributes are set after this callback.
    queueMicrotask(() => viewer.connect());
  }

  readonly #connectNow = (): void => {
    this.isWaiting = false;
    this.renderRoot.querySelector('spice-viewer')?.connect();
  };
}

customElements.define('spice-viewer-app', SpiceViewerApp);

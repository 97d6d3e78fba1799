import type { CSSResult, LitElement } from 'lit';

/** What a module brings that the viewer loads late. */
export interface LoadedPart<Part> {
  readonly part: Part;
  readonly styles?: CSSResult;
}

/** A part that did not come is not asked for again before this, milliseconds: saying so renders the host anew. */
const RETRY_PAUSE = 5_000;

/** A part of the viewer that is fetched when it is first wanted; its looks come with it. */
export class LazyPart<Part> {
  readonly #host: LitElement;
  readonly #load: () => Promise<LoadedPart<Part>>;
  readonly #failed: (cause: unknown) => void;
  #isWanted = false;
  /** when a part that did not come may be asked for again */
  #notBefore = 0;
  #part: Part | undefined;

  /** @param failed the part did not come; it is tried again when it is wanted again */
  constructor(host: LitElement, load: () => Promise<LoadedPart<Part>>, failed: (cause: unknown) => void) {
    this.#host = host;
    this.#load = load;
    this.#failed = failed;
  }

  /** The part, if it has come already. */
  get loaded(): Part | undefined {
    return this.#part;
  }

  /** The part, or undefined while it comes: the host is rendered anew when it is there. */
  wanted(): Part | undefined {
    if (this.#part === undefined && !this.#isWanted && performance.now() >= this.#notBefore) {
      this.#isWanted = true;
      void this.#fetch();
    }
    return this.#part;
  }

  async #fetch(): Promise<void> {
    try {
      const { part, styles } = await this.#load();
      const sheet = styles?.styleSheet;
      if (sheet !== undefined) this.#host.shadowRoot?.adoptedStyleSheets.push(sheet);
      this.#part = part;
      this.#host.requestUpdate();
    } catch (cause) {
      this.#isWanted = false;
      this.#notBefore = performance.now() + RETRY_PAUSE;
      this.#failed(cause);
    }
  }
}

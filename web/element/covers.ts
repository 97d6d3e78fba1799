import { html, type TemplateResult } from 'lit';

/** What lies over the picture while there is no session. */
export function connectingCover(): TemplateResult {
  return html`<div class="cover" part="status" role="status">
    <slot name="connecting"
      ><div class="centered">
        <div class="spinner"></div>
        Connecting…
      </div></slot
    >
  </div>`;
}

/** The last picture stays visible under it. */
export function reconnectingCover(attempt: number, cancel: () => void): TemplateResult {
  return html`<div class="cover" part="status" role="status">
    <slot name="connecting"
      ><div class="centered">
        <div class="spinner"></div>
        <p>The connection was lost. Connecting again${attempt > 1 ? `, attempt ${attempt}` : ''}…</p>
        <button part="button" type="button" @click=${cancel}>Cancel</button>
      </div></slot
    >
  </div>`;
}

/** @param problem a sentence for the user */
export function disconnectedCover(problem: string, connect: () => void): TemplateResult {
  return html`<div class="cover" part="status" role="alert">
    <slot name="disconnected">
      <div class="card">
        <h2>Disconnected</h2>
        <p>${problem}</p>
        <div class="actions">
          <button part="button" class="primary" type="button" @click=${connect}>Connect again</button>
        </div>
      </div>
    </slot>
  </div>`;
}

/** @param problem why the last password was refused; empty when none was given yet */
export function passwordDialog(
  problem: string,
  on: { submit(password: string): void; cancel(): void },
): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    on.submit(String(data.get('password') ?? ''));
  };
  return html`<div class="cover">
    <form class="card" part="dialog" role="dialog" aria-label="Password" @submit=${submit}>
      <h2>Password</h2>
      <p role="status">${problem === '' ? 'This desktop asks for a password.' : problem}</p>
      <label>
        Password
        <input type="password" name="password" autocomplete="current-password" />
      </label>
      <div class="actions">
        <button part="button" type="button" @click=${() => on.cancel()}>Cancel</button>
        <button part="button" class="primary" type="submit">Connect</button>
      </div>
    </form>
  </div>`;
}

/** @param back brings a display back from its window */
export function awayNote(displays: readonly number[], back: (display: number) => void): TemplateResult {
  return html`
    <div class="note" part="status" role="status">
      ${displays.map(
        (id) => html`
          <span>Display ${id + 1} is shown in a window of its own.</span>
          <button part="button" type="button" @click=${() => back(id)}>Bring display ${id + 1} back</button>
        `,
      )}
    </div>
  `;
}

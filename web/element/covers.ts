import { html, nothing, type TemplateResult } from 'lit';
import type * as Dialogs from './dialogs.ts';
import type { ViewerState } from './viewer-state.ts';

/** What the buttons of covers and dialogs do. */
export interface CoverActions {
  connect(): void;
  disconnect(): void;
  sendPassword(password: string): void;
  cancelPassword(): void;
  /** onto the guest's clipboard */
  sendText(text: string): void;
  closeClipboard(): void;
  /** once they are loaded */
  dialogs(): typeof Dialogs | undefined;
}

/** What lies over the picture in each state of the viewer. */
export function coverOf(state: ViewerState, on: CoverActions): unknown {
  switch (state.name) {
    case 'connecting':
      return connectingCover();
    case 'asking':
      return on
        .dialogs()
        ?.passwordDialog(state.refusal, { submit: on.sendPassword, cancel: on.cancelPassword });
    case 'reconnecting':
      return reconnectingCover(state.attempt, on.disconnect);
    case 'ended':
      return disconnectedCover(state.problem, on.connect);
    case 'shown':
      return state.guestText === undefined ? nothing : byHand(state.guestText, on);
    default:
      return nothing;
  }
}

function byHand(guestText: string, on: CoverActions): unknown {
  const send = (text: string): void => {
    on.sendText(text);
    on.closeClipboard();
  };
  return on.dialogs()?.clipboardDialog(guestText, { send, close: on.closeClipboard }) ?? nothing;
}

function connectingCover(): TemplateResult {
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
function reconnectingCover(attempt: number, cancel: () => void): TemplateResult {
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
function disconnectedCover(problem: string, connect: () => void): TemplateResult {
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

import { html, type TemplateResult } from 'lit';

/**
 * The clipboard by hand, where the browser gives it in no other way.
 * @param guestText what the guest copied last
 */
export function clipboardDialog(
  guestText: string,
  on: { send(text: string): void; close(): void },
): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    on.send(String(data.get('text') ?? ''));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') on.close();
  };
  return html`<div class="cover">
    <form class="card" part="dialog" role="dialog" aria-label="Clipboard" @submit=${submit} @keydown=${onKey}>
      <h2>Clipboard</h2>
      <p>
        The browser does not let the viewer read its clipboard. Paste text here and send it, or copy what the
        guest has copied.
      </p>
      <label>
        Text
        <textarea name="text" rows="6" .value=${guestText}></textarea>
      </label>
      <div class="actions">
        <button part="button" type="button" @click=${() => on.close()}>Close</button>
        <button part="button" class="primary" type="submit">Send to the guest</button>
      </div>
    </form>
  </div>`;
}

import { html, type TemplateResult } from 'lit';

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

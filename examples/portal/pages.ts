/** The portal's three pages. `html` escapes what is put into it. */
import { html } from 'hono/html';
import type { Machine } from './accounts.ts';

type Page = ReturnType<typeof html>;

function page(title: string, body: Page, script: Page | '' = ''): Page {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/static/portal.css" />
        ${script}
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}

export function loginPage(problem = ''): Page {
  return page(
    'Log in',
    html`<main>
      <h1>Desktops</h1>
      <form method="post" action="/login">
        <p role="alert">${problem}</p>
        <label>Name <input name="user" autocomplete="username" required autofocus /></label>
        <label>
          Password <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <button>Log in</button>
      </form>
    </main>`,
  );
}

export function machinesPage(user: string, machines: readonly Machine[]): Page {
  return page(
    'Desktops',
    html`<main>
      <h1>Desktops of ${user}</h1>
      ${machines.length === 0 ? html`<p>There is none yet.</p>` : ''}
      <ul>
        ${machines.map(({ name, title }) => html`<li><a href="/machines/${name}">${title}</a></li>`)}
      </ul>
      <form method="post" action="/logout"><button>Log out</button></form>
    </main>`,
  );
}

export function machinePage({ name, title }: Machine, bridge: string): Page {
  return page(
    title,
    html`<spice-viewer url="${bridge}" data-machine="${name}" reconnect resize-session>
      <a slot="toolbar-end" href="/">Desktops</a>
    </spice-viewer>`,
    html`<script type="module" src="/static/spice-viewer.js"></script>
      <script type="module" src="/static/portal.js"></script>`,
  );
}

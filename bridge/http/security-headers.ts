import type { ServerResponse } from 'node:http';

export interface HeaderSettings {
  /** Origins whose pages may show the app in a frame, beside its own; `*` for all. */
  readonly frameAncestors: readonly string[];
  /** Seconds for Strict-Transport-Security; 0 sends none. */
  readonly hsts: number;
}

/** The app's styles are constructed sheets and its workers modules of its own, so nothing inline is needed. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  // Not 'self' alone: not every browser counts a page's own wss: as such, and the page may show another server's desktop.
  "connect-src 'self' ws: wss:",
  "worker-src 'self'",
  "media-src 'self' blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** The viewer needs the microphone, clipboard, keyboard lock and full screen; nothing else of the machine. */
const PERMISSIONS_POLICY = [
  'camera=()',
  'geolocation=()',
  'payment=()',
  'usb=()',
  'serial=()',
  'hid=()',
  'midi=()',
  'display-capture=()',
  'microphone=(self)',
  'fullscreen=(self)',
  'clipboard-read=(self)',
  'clipboard-write=(self)',
].join(', ');

/** The headers of every answer, by name. */
export function securityHeaders({ frameAncestors, hsts }: HeaderSettings): ReadonlyMap<string, string> {
  const framed = frameAncestors.length > 0;
  const headers = new Map([
    [
      'Content-Security-Policy',
      [...CONTENT_SECURITY_POLICY, ["frame-ancestors 'self'", ...frameAncestors].join(' ')].join('; '),
    ],
    ['X-Content-Type-Options', 'nosniff'],
    ['Referrer-Policy', 'no-referrer'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    // Pages with Cross-Origin-Embedder-Policy can only frame what allows it.
    ['Cross-Origin-Resource-Policy', framed ? 'cross-origin' : 'same-origin'],
    ['Permissions-Policy', PERMISSIONS_POLICY],
  ]);
  if (!framed) headers.set('X-Frame-Options', 'SAMEORIGIN');
  if (hsts > 0) headers.set('Strict-Transport-Security', `max-age=${hsts}`);
  return headers;
}

export function setHeaders(response: ServerResponse, headers: ReadonlyMap<string, string>): void {
  for (const [name, value] of headers) response.setHeader(name, value);
}

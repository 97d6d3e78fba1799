/**
 * The target's name in a tunnel's path: `/spice/NAME`; `null` for `/spice` and `/websockify`, which name none;
 * undefined for other paths and for broken percent-encodings.
 */
export function tunnelPath(path: string): string | null | undefined {
  if (path === '/spice' || path === '/websockify') return null;
  const match = /^\/spice\/([^/]+)$/.exec(path);
  if (match?.[1] === undefined) return undefined;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return undefined;
  }
}

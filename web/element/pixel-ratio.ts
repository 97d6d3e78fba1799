/** Calls back whenever a window's device pixels per CSS pixel change: zoom, or another screen. */
export function watchPixelRatio(of: Window, changed: () => void, signal: AbortSignal): void {
  const query = of.matchMedia(`(resolution: ${of.devicePixelRatio}dppx)`);
  query.addEventListener(
    'change',
    () => {
      watchPixelRatio(of, changed, signal);
      changed();
    },
    { signal, once: true },
  );
}

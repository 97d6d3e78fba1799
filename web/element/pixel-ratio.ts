import type { Disposable } from '../common/disposables.ts';

/** Calls back whenever a window's device pixels per CSS pixel change: zoom, or another screen. */
export function watchPixelRatio(of: Window, changed: () => void): Disposable {
  let query: MediaQueryList | undefined;
  const watch = (): void => {
    query = of.matchMedia(`(resolution: ${of.devicePixelRatio}dppx)`);
    query.addEventListener('change', heard);
  };
  const dispose = (): void => query?.removeEventListener('change', heard);
  const heard = (): void => {
    dispose();
    watch();
    changed();
  };
  watch();
  return { dispose };
}

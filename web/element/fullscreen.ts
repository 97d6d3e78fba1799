export const toggleFullscreen = (element: HTMLElement): Promise<void> =>
  document.fullscreenElement === null ? element.requestFullscreen() : document.exitFullscreen();

/** Without the lock the browser keeps Escape, Alt+Tab and the like for itself; only Chromium has it. */
export const lockKeys = (locked: boolean): void => {
  const { keyboard } = navigator as { keyboard?: { lock(): Promise<void>; unlock(): void } };
  if (locked) void keyboard?.lock();
  else keyboard?.unlock();
};

/** In the window that the element is in. */
export function toggleFullscreen(element: HTMLElement): Promise<void> {
  const { ownerDocument } = element;
  return ownerDocument.fullscreenElement === null
    ? element.requestFullscreen()
    : ownerDocument.exitFullscreen();
}

/** Without the lock the browser keeps Escape, Alt+Tab and the like for itself; only Chromium has it. */
export function lockKeys(of: Document, locked: boolean): void {
  const { keyboard } = (of.defaultView?.navigator ?? navigator) as {
    keyboard?: { lock(): Promise<void>; unlock(): void };
  };
  if (locked) void keyboard?.lock().catch(() => undefined);
  else keyboard?.unlock();
}

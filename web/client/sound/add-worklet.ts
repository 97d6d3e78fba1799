/**
 * Loads the worklets' file into a context; a page's Content-Security-Policy sees it as a script. The URL is written in
 * the call: only there do bundlers find it.
 */
export function addWorklet({ audioWorklet }: BaseAudioContext): Promise<void> {
  return audioWorklet.addModule(new URL('../../worklets/worklet-entry.ts', import.meta.url));
}

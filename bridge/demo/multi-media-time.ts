/** The server's multimedia time (u32 milliseconds), which MAIN_INIT says and frames are stamped with. @param now of performance.now() */
export function multiMediaTime(now: number = performance.now()): number {
  return Math.floor(now) >>> 0;
}

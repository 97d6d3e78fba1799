/** The server's multimedia time (u32 milliseconds), which MAIN_INIT says and frames are stamped with. @param now of performance.now() */
export const multiMediaTime = (now: number = performance.now()): number => Math.floor(now) >>> 0;

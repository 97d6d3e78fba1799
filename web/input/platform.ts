/** What the browser's system is, as far as its keyboard events differ. */
export type Platform = 'windows' | 'apple' | 'ios' | 'android' | 'other';

/** The part of `navigator` that tells. */
export interface PlatformHints {
  readonly userAgent: string;
  readonly maxTouchPoints?: number;
}

export function detectPlatform({ userAgent, maxTouchPoints = 0 }: PlatformHints): Platform {
  if (/Android/.test(userAgent)) return 'android';
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios';
  // An iPad calls itself a Macintosh; no Macintosh has a touch screen.
  if (/Macintosh/.test(userAgent)) return maxTouchPoints > 1 ? 'ios' : 'apple';
  return /Windows/.test(userAgent) ? 'windows' : 'other';
}

export function isApple(platform: Platform): boolean {
  return platform === 'apple' || platform === 'ios';
}

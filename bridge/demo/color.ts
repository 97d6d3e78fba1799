/** 0x00RRGGBB; amount 0 is a, 1 is b. */
export function mixColors(a: number, b: number, amount: number): number {
  const weight = Math.round(amount * 256);
  const r = (a >> 16) * (256 - weight) + (b >> 16) * weight;
  const g = ((a >> 8) & 255) * (256 - weight) + ((b >> 8) & 255) * weight;
  const blue = (a & 255) * (256 - weight) + (b & 255) * weight;
  return (((r + 128) >> 8) << 16) | (((g + 128) >> 8) << 8) | ((blue + 128) >> 8);
}

/** The desktop's colours. */
export const palette = {
  ink: 0x1d2433,
  paper: 0xf6f4ef,
  muted: 0x6b7280,
  accent: 0xe4572e,
  accentLight: 0xffb26b,
  teal: 0x17b3a3,
  titleTop: 0x3c4a66,
  titleBottom: 0x2b3650,
  titleIdleTop: 0x8a93a5,
  titleIdleBottom: 0x788194,
  border: 0x1b2232,
  terminal: 0x10151f,
  terminalText: 0xc9f0d6,
  terminalPrompt: 0x5fd38d,
  panel: 0x1a2130,
  panelText: 0xdfe5f0,
  white: 0xffffff,
} as const;

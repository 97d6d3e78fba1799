/** Frame sizes by a packet's configuration (RFC 6716, section 3.1), milliseconds. */
const silk = [10, 20, 40, 60];
const hybrid = [10, 20];
const celt = [2.5, 5, 10, 20];

/** How long an Opus packet sounds, milliseconds; 0 for what is none. */
export function opusPacketMilliseconds(packet: Uint8Array): number {
  const [first, second] = packet;
  if (first === undefined) return 0;
  const configuration = first >> 3;
  const frame =
    configuration < 12
      ? silk[configuration & 3]
      : configuration < 16
        ? hybrid[configuration & 1]
        : celt[configuration & 3];
  const code = first & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (second ?? 0) & 0x3f;
  return (frame ?? 0) * frames;
}

import type { Image } from '@spice-viewer/shared-protocol/channels/image.ts';

/** u64 id, u8 type, u8 flags, u32 width, u32 height */
const DESCRIPTOR_BYTES = 18;

/** Where the image's descriptor lies in the message: its fields, all but the type, are looked for. 0 if nowhere. */
export function imageOffset(body: Uint8Array, { id, flags, width, height }: Image): number {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  for (let at = 0; at + DESCRIPTOR_BYTES <= body.length; at++) {
    if (view.getUint32(at, true) !== id.lo || view.getUint32(at + 4, true) !== id.hi) continue;
    if (body[at + 9] !== flags || view.getUint32(at + 10, true) !== width) continue;
    if (view.getUint32(at + 14, true) === height) return at;
  }
  return 0;
}

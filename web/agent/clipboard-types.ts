import { clipboardType } from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import type { ClipboardFormat } from '../api/public-types.ts';

/** The agent's types of what browsers have, in the order in which we would rather read them. */
const typesOf: Readonly<Record<ClipboardFormat, readonly number[]>> = {
  'text/plain': [clipboardType.utf8Text],
  'image/png': [clipboardType.png, clipboardType.bmp, clipboardType.jpg],
};

const formats = Object.keys(typesOf) as ClipboardFormat[];

/** What we give for each format: images as BMP too, for programs that know nothing better. */
export function offeredTypes(offered: readonly ClipboardFormat[]): number[] {
  return offered.flatMap((format) =>
    format === 'image/png' ? [clipboardType.png, clipboardType.bmp] : [clipboardType.utf8Text],
  );
}

/** Which of our formats answers a request for the agent's type. */
export function formatFor(type: number): ClipboardFormat | undefined {
  return formats.find((format) => offeredTypes([format]).includes(type));
}

/** What we can make of the types that the guest has. */
export function readableFormats(types: readonly number[]): ClipboardFormat[] {
  return formats.filter((format) => bestType(format, types) !== undefined);
}

/** Which of the guest's types to ask for. */
export function bestType(format: ClipboardFormat, types: readonly number[]): number | undefined {
  return typesOf[format].find((type) => types.includes(type));
}

/** Why nothing of what the guest has can be copied, as a sentence for the user. */
export function unreadableSentence(types: readonly number[]): string | undefined {
  if (types.length === 0) return undefined;
  if (types.includes(clipboardType.fileList)) {
    return 'Files were copied in the guest. The clipboard cannot bring them out of it.';
  }
  if (types.includes(clipboardType.tiff)) {
    return 'The guest copied a picture as TIFF, which browsers cannot read. Copy it as PNG, JPEG or BMP.';
  }
  return undefined;
}

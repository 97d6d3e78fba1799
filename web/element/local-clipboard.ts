import type { ClipboardContent } from './public-types.ts';

// Each takes the navigator of the window that has the focus: the others' clipboards refuse.

const permission = async (of: Navigator, name: string): Promise<PermissionState | undefined> => {
  try {
    return (await of.permissions.query({ name: name as PermissionName })).state;
  } catch {
    // Firefox and WebKit know no such permission: they ask at every read.
    return undefined;
  }
};

/** Whether the clipboard can be read without asking the user and without a gesture. */
export const canReadSilently = async (of: Navigator): Promise<boolean> =>
  'clipboard' in of && (await permission(of, 'clipboard-read')) === 'granted';

/** The clipboard's text and image; undefined when the browser or the user refuses. */
export const readClipboard = async (of: Navigator): Promise<ClipboardContent | undefined> => {
  try {
    const items = await of.clipboard.read();
    let text: string | undefined;
    let image: Blob | undefined;
    for (const item of items) {
      if (text === undefined && item.types.includes('text/plain')) {
        text = await (await item.getType('text/plain')).text();
      }
      if (image === undefined && item.types.includes('image/png')) image = await item.getType('image/png');
    }
    return { ...(text === undefined ? {} : { text }), ...(image === undefined ? {} : { image }) };
  } catch {
    return undefined;
  }
};

/** What a paste event carries. */
export const pastedContent = (data: DataTransfer | null): ClipboardContent => {
  const image = [...(data?.files ?? [])].find(({ type }) => type === 'image/png');
  const hasText = data?.types.includes('text/plain') ?? false;
  return {
    ...(hasText ? { text: data?.getData('text/plain') ?? '' } : {}),
    ...(image === undefined ? {} : { image }),
  };
};

/** @returns false when the browser refuses: it may want a gesture of the user, or the focus */
export const writeClipboard = async (of: Navigator, content: ClipboardContent): Promise<boolean> => {
  try {
    const { text, image } = content;
    if (image === undefined) {
      await of.clipboard.writeText(text ?? '');
    } else {
      const data: Record<string, Blob> = { 'image/png': image };
      if (text !== undefined) data['text/plain'] = new Blob([text], { type: 'text/plain' });
      await of.clipboard.write([new ClipboardItem(data)]);
    }
    return true;
  } catch {
    return false;
  }
};

/** Two contents with the same key are the same. */
export const contentKey = async ({ text, image }: ClipboardContent): Promise<string> => {
  if (image === undefined) return `text ${text ?? ''}`;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await image.arrayBuffer()));
  return `image ${digest.join(' ')} text ${text ?? ''}`;
};

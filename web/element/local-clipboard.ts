import type { ClipboardContent } from '../api/public-types.ts';

// Each takes the navigator of the window that has the focus: the others' clipboards refuse.

async function permission(of: Navigator, name: string): Promise<PermissionState | undefined> {
  try {
    return (await of.permissions.query({ name: name as PermissionName })).state;
  } catch {
    // Firefox and WebKit know no such permission: they ask at every read.
    return undefined;
  }
}

/** Whether the clipboard can be read without asking the user and without a gesture. */
export async function canReadSilently(of: Navigator): Promise<boolean> {
  return 'clipboard' in of && (await permission(of, 'clipboard-read')) === 'granted';
}

/** The clipboard's text and image; undefined when the browser or the user refuses. */
export async function readClipboard(of: Navigator): Promise<ClipboardContent | undefined> {
  try {
    const items = await of.clipboard.read();
    let text: string | undefined;
    let image: Blob | undefined;
    for (const item of items) {
      if (text === undefined && item.types.includes('text/plain')) {
        text = await (await item.getType('text/plain')).text();
      } else if (text === undefined && item.types.includes('text/html')) {
        text = textOfHtml(await (await item.getType('text/html')).text());
      }
      if (image === undefined && item.types.includes('image/png')) image = await item.getType('image/png');
    }
    return { ...(text === undefined ? {} : { text }), ...(image === undefined ? {} : { image }) };
  } catch {
    return undefined;
  }
}

/**
 * Agents have no type for HTML (docs/protocol/agent.md#clipboard): where it comes alone its text goes. Nothing of it is
 * run or loaded.
 */
function textOfHtml(html: string): string {
  return new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '';
}

/** What a paste event carries: text and a picture, or files that were copied in a file manager. */
export function pastedContent(data: DataTransfer | null): {
  readonly content: ClipboardContent;
  readonly files: readonly File[];
} {
  const files = [...(data?.files ?? [])];
  // Browsers call a picture that is no file so.
  const image = files.length === 1 ? files.find(({ name }) => name === 'image.png') : undefined;
  if (files.length > 0 && image === undefined) return { content: {}, files };
  const text = data?.types.includes('text/plain')
    ? data.getData('text/plain')
    : data?.types.includes('text/html')
      ? textOfHtml(data.getData('text/html'))
      : undefined;
  return {
    content: { ...(text === undefined ? {} : { text }), ...(image === undefined ? {} : { image }) },
    files: [],
  };
}

/** @returns false when the browser refuses: it may want a gesture of the user, or the focus */
export async function writeClipboard(of: Navigator, content: ClipboardContent): Promise<boolean> {
  // On pages without https there is only the old way, in a gesture of the user, for text.
  if (!('clipboard' in of)) return content.text !== undefined && copyByEvent(content.text);
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
}

function copyByEvent(text: string): boolean {
  let isSet = false;
  const onCopy = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
    isSet = event.clipboardData !== null;
  };
  document.addEventListener('copy', onCopy, { capture: true });
  const isDone = document.execCommand('copy');
  document.removeEventListener('copy', onCopy, { capture: true });
  return isDone && isSet;
}

/** Two contents with the same key are the same. */
export async function contentKey({ text, image }: ClipboardContent): Promise<string> {
  if (image === undefined) return `text ${text ?? ''}`;
  const bytes = await image.arrayBuffer();
  // Pages without https have no digests.
  const digest =
    'subtle' in crypto ? new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)) : [bytes.byteLength];
  return `image ${digest.join(' ')} text ${text ?? ''}`;
}

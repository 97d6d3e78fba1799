import { expect, it } from 'vitest';
import { contentKey, pastedContent } from './local-clipboard.ts';

function transfer(data: Record<string, string>, files: File[] = []): DataTransfer {
  const made = new DataTransfer();
  for (const [type, value] of Object.entries(data)) made.setData(type, value);
  for (const file of files) made.items.add(file);
  return made;
}

it('a paste brings text, of HTML where there is nothing else, and never runs it', () => {
  expect(pastedContent(null)).toEqual({ content: {}, files: [] });
  expect(pastedContent(transfer({ 'text/plain': 'a\r\nb', 'text/html': '<b>c</b>' })).content).toEqual({
    text: 'a\r\nb',
  });
  const html = '<p>one <b>two</b></p><img src=x onerror="globalThis.wasRun = true">';
  expect(pastedContent(transfer({ 'text/html': html })).content).toEqual({ text: 'one two' });
  expect('wasRun' in globalThis).toBe(false);
});

it('a paste brings a picture, or files', () => {
  const picture = new File(['x'], 'image.png', { type: 'image/png' });
  expect(pastedContent(transfer({}, [picture])).content.image).toBe(picture);
  const photo = new File(['x'], 'photo.png', { type: 'image/png' });
  const text = new File(['y'], 'notes.txt', { type: 'text/plain' });
  expect(pastedContent(transfer({}, [photo]))).toEqual({ content: {}, files: [photo] });
  expect(pastedContent(transfer({ 'text/plain': 'notes.txt' }, [photo, text]))).toEqual({
    content: {},
    files: [photo, text],
  });
});

it('contents have the same key when they are the same', async () => {
  const image = (bytes: string): Blob => new Blob([bytes]);
  expect(await contentKey({ text: 'a' })).toBe(await contentKey({ text: 'a' }));
  expect(await contentKey({ text: 'a' })).not.toBe(await contentKey({ text: 'b' }));
  expect(await contentKey({ image: image('a') })).toBe(await contentKey({ image: image('a') }));
  expect(await contentKey({ image: image('a') })).not.toBe(await contentKey({ image: image('b') }));
});

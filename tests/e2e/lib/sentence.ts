/** Sentences for users are part of the product: they are compared whole. */
import { expect } from '@playwright/test';
import type { Viewer } from './viewer.ts';

/** The sentence is in view, as a line of its own. */
export async function expectSentence(viewer: Viewer, sentence: string, timeout = 45_000): Promise<void> {
  await expect
    .poll(async () => (await viewer.visibleText()).split('\n'), { message: 'what the page says', timeout })
    .toContain(sentence);
}

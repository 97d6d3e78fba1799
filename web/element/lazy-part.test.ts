import type { LitElement } from 'lit';
import { describe, expect, it, vi } from 'vitest';
import { LazyPart, type LoadedPart } from './lazy-part.ts';

function setUp(load: () => Promise<LoadedPart<string>>) {
  const sheets: unknown[] = [];
  const requestUpdate = vi.fn();
  const failed = vi.fn();
  const host = { requestUpdate, shadowRoot: { adoptedStyleSheets: sheets } } as unknown as LitElement;
  return { lazy: new LazyPart(host, load, failed), sheets, requestUpdate, failed };
}

describe('LazyPart', () => {
  it('is loaded once, when it is wanted, with its looks', async () => {
    const load = vi.fn(() => Promise.resolve({ part: 'part', styles: { styleSheet: 'looks' } as never }));
    const { lazy, sheets, requestUpdate } = setUp(load);
    expect(lazy.loaded).toBeUndefined();
    expect(load).not.toHaveBeenCalled();
    expect([lazy.wanted(), lazy.wanted()]).toEqual([undefined, undefined]);
    await vi.waitFor(() => expect(requestUpdate).toHaveBeenCalledOnce());
    expect([lazy.wanted(), lazy.loaded]).toEqual(['part', 'part']);
    expect(load).toHaveBeenCalledOnce();
    expect(sheets).toEqual(['looks']);
  });

  it('says that it did not come, and is tried again, but not at once: the note itself renders', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(1_000);
    const load = vi.fn(() => Promise.resolve({ part: 'part' }));
    load.mockRejectedValueOnce(new Error('no network'));
    const { lazy, requestUpdate, failed } = setUp(load);
    lazy.wanted();
    await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce());
    expect(requestUpdate).not.toHaveBeenCalled();
    lazy.wanted();
    expect(load).toHaveBeenCalledOnce();
    now.mockReturnValue(6_000);
    lazy.wanted();
    await vi.waitFor(() => expect(lazy.loaded).toBe('part'));
    expect(failed).toHaveBeenCalledOnce();
    now.mockRestore();
  });
});

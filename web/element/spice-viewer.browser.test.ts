import { afterEach, describe, expect, it } from 'vitest';
import manifest from './custom-elements.json';
import './index.ts';
import { SpiceViewer } from './spice-viewer.ts';

const declaration = manifest.modules[0]?.declarations[0];
if (declaration === undefined) throw new Error('the manifest declares nothing');

async function create(html: string): Promise<SpiceViewer> {
  document.body.innerHTML = html;
  const viewer = document.querySelector('spice-viewer') as SpiceViewer;
  await viewer.updateComplete;
  return viewer;
}

/** Heard at the document: events bubble and are composed. */
function nextEvent<T>(type: string): Promise<T> {
  return new Promise((resolve) =>
    document.addEventListener(type, (event) => resolve((event as CustomEvent<T>).detail), { once: true }),
  );
}

afterEach(() => {
  document.body.innerHTML = '';
});

describe('<spice-viewer>', () => {
  it('has exactly the attributes that its manifest says', () => {
    const fromClass = [...SpiceViewer.observedAttributes].filter(
      (name) => !['phase', 'isdroptarget'].includes(name),
    );
    expect(fromClass.sort()).toEqual(declaration.attributes.map(({ name }) => name).sort());
  });

  it('has the members that its manifest says', async () => {
    const viewer = await create('<spice-viewer></spice-viewer>');
    for (const { name, kind } of declaration.members) {
      expect(name in viewer, name).toBe(true);
      if (kind === 'method') expect(typeof viewer[name as keyof SpiceViewer], name).toBe('function');
    }
  });

  it('never reflects credentials or tokens', async () => {
    const viewer = await create('<spice-viewer></spice-viewer>');
    viewer.credentials = { password: 'hush' };
    viewer.token = 'hush';
    await viewer.updateComplete;
    expect(viewer.outerHTML).not.toContain('hush');
  });

  it('tells in words that nothing answers, in the page and in its events, which reach the document', async () => {
    const viewer = await create('<spice-viewer url="ws://127.0.0.1:1/spice/nowhere"></spice-viewer>');
    const disconnected = nextEvent<{ clean: boolean; reason: string }>('disconnect');
    viewer.connect();
    expect(viewer.state).toBe('connecting');
    const detail = await disconnected;
    expect(detail.clean).toBe(false);
    expect(detail.reason).toMatch(/could not be opened/);
    await viewer.updateComplete;
    expect(viewer.shadowRoot?.querySelector('[part=status]')?.textContent).toContain(detail.reason);
  });

  it('can be connected again after a failure, and ends when it leaves the page', async () => {
    const viewer = await create('<spice-viewer url="ws://127.0.0.1:1/"></spice-viewer>');
    viewer.connect();
    await nextEvent('disconnect');
    viewer.connect();
    expect(viewer.state).toBe('connecting');
    const ended = new Promise((resolve) => viewer.addEventListener('disconnect', resolve, { once: true }));
    viewer.remove();
    await ended;
    expect(viewer.state).toBe('disconnected');
  });

  it('answers questions about a session that does not exist', async () => {
    const viewer = await create('<spice-viewer></spice-viewer>');
    await expect(viewer.getImageData()).rejects.toThrow('no session');
    expect(await viewer.getStats()).toEqual({
      roundTripTime: 0,
      channels: {},
      displays: {},
      streams: [],
      openVideoFrames: 0,
      audio: null,
      microphone: null,
    });
    expect(viewer.displays).toEqual([]);
  });

  it('rejects keys that it does not know', async () => {
    const viewer = await create('<spice-viewer url="ws://127.0.0.1:1/"></spice-viewer>');
    // Who reads the names is the session.
    viewer.connect();
    expect(() => viewer.sendKeys('ctrl+alt+delete')).not.toThrow();
    expect(() => viewer.sendKeys('ctrl+nokey')).toThrow(RangeError);
  });
});

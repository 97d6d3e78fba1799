import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  attributeOf,
  clientSettingNames,
  settings,
  type ClientSettingName,
  type Setting,
} from '../api/settings.ts';
import { SpiceClient } from '../client/spice-client.ts';
import './index.ts';
import type { SpiceViewer } from './spice-viewer.ts';
import { otherSettings } from './test-settings.ts';

let viewer: SpiceViewer;

beforeEach(() => {
  viewer = document.createElement('spice-viewer');
});
afterEach(() => {
  viewer.disconnect();
  document.body.innerHTML = '';
  vi.restoreAllMocks();
});

describe.each(otherSettings)('$name of <spice-viewer>', ({ name, text, value }) => {
  const row: Setting = settings[name];
  const attribute = attributeOf(name);

  it('follows its attribute, and has its default without one', async () => {
    document.body.innerHTML = `<spice-viewer ${attribute}="${text}"></spice-viewer>`;
    viewer = document.querySelector('spice-viewer') as SpiceViewer;
    expect(viewer[name]).toBe(value);
    await viewer.updateComplete;
    viewer.removeAttribute(attribute);
    expect(viewer[name]).toBe(row.default);
  });

  it('takes values and text, and shows as the attribute where the table says so', async () => {
    document.body.append(viewer);
    expect(viewer[name]).toBe(row.default);
    Object.assign(viewer, { [name]: text });
    expect(viewer[name]).toBe(value);
    await viewer.updateComplete;
    const shown = row.kind === 'flag' && row.reflect === true ? '' : text;
    expect(viewer.getAttribute(attribute)).toBe(row.reflect === true ? shown : null);
    Object.assign(viewer, { [name]: undefined });
    expect(viewer[name]).toBe(row.default);
    await viewer.updateComplete;
    if (row.kind === 'flag') expect(viewer.hasAttribute(attribute)).toBe(false);
  });

  it('is kept when it was set before the element was known', async () => {
    const tag = `late-viewer-${attribute}`;
    const early = document.createElement(tag);
    document.body.append(early);
    Object.assign(early, { [name]: value });
    customElements.define(tag, class extends (customElements.get('spice-viewer') as typeof SpiceViewer) {});
    const late = early as SpiceViewer;
    await late.updateComplete;
    expect(late[name]).toBe(value);
  });

  it('reaches the client at connect and when it changes, unless only the view acts on it', async () => {
    const update = vi.spyOn(SpiceClient.prototype, 'update');
    viewer.url = 'ws://127.0.0.1:1/';
    document.body.append(viewer);
    viewer.connect();
    await viewer.updateComplete;
    expect(update).not.toHaveBeenCalled();
    Object.assign(viewer, { [name]: value });
    await viewer.updateComplete;
    const isClients = clientSettingNames.includes(name as ClientSettingName);
    expect(update.mock.calls).toEqual(isClients ? [[name, value]] : []);
  });
});

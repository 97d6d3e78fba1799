/** The whole table, row by row, as far as no browser is needed; settings.browser.test.ts goes on in the element. */
import { describe, expect, it } from 'vitest';
import {
  attributeOf,
  clientSettingNames,
  settingFromText,
  settingNames,
  settings,
  validSetting,
  type ClientSettingInput,
  type ClientSettingName,
  type Setting,
  type SettingValues,
} from '../api/settings.ts';
import { querySettingNames, readPageOptions } from '../app/page-options.ts';
import { SessionSettings } from '../client/session-settings.ts';
import { clientSettings, tellSettings, type SettingsTarget } from './bind-settings.ts';
import { otherSettings } from './test-settings.ts';

const defaults = Object.fromEntries(
  settingNames.map((name) => [name, settings[name].default]),
) as SettingValues;

/** What makes no sense, by kind; of flags everything does. */
const nonsense: Readonly<Record<Setting['kind'], readonly unknown[]>> = {
  flag: [undefined, null],
  text: [undefined, null],
  list: [undefined, null],
  choice: ['nothing of this', '', 1.5, {}, undefined, null],
  number: ['many', '', Number.NaN, {}, undefined, null],
};

describe.each(otherSettings)('$name', ({ name, text, value }) => {
  const row: Setting = settings[name];

  it('is read from an attribute, and is its default without one', () => {
    expect(settingFromText(name, text)).toBe(value);
    expect(value).not.toBe(row.default);
    expect(settingFromText(name, null)).toBe(row.default);
  });

  it('is taken from a program as a value or as text, and is its default when that makes no sense', () => {
    expect(validSetting(name, value)).toBe(value);
    expect(validSetting(name, text)).toBe(value);
    for (const given of nonsense[row.kind])
      expect(validSetting(name, given), String(given)).toBe(row.default);
  });

  it('can stand in the address of the page only where the table says so', () => {
    const given = readPageOptions(`?${attributeOf(name)}=${encodeURIComponent(text)}`, '').settings;
    expect(given).toEqual(querySettingNames.includes(name) ? { [name]: value } : {});
  });

  it('is among a client’s options, and reaches it when it changes, unless only the view acts on it', () => {
    const isClients = row.reach !== 'view';
    const told = clientSettings(defaults);
    expect(Object.hasOwn(told, name)).toBe(isClients);
    const changed: ClientSettingName[] = [];
    const client = new SessionSettings(told, (one) => changed.push(one));
    const now = tellSettings(client, told, clientSettings({ ...defaults, [name]: value }));
    expect(changed).toEqual(isClients ? [name] : []);
    expect(client.values).toEqual(now);
    expect(now).toEqual(isClients ? { ...told, [name]: value } : told);
    tellSettings(client, now, clientSettings({ ...defaults, [name]: value }));
    expect(changed).toHaveLength(isClients ? 1 : 0);
  });
});

describe('what a client is told', () => {
  it('is nothing of the microphone while the viewer only looks on', () => {
    const updates: unknown[] = [];
    const client: SettingsTarget = {
      update: <Name extends ClientSettingName>(name: Name, value: ClientSettingInput<Name>) =>
        updates.push([name, value]),
    };
    const speaking = clientSettings({ ...defaults, microphone: true });
    const looking = tellSettings(
      client,
      speaking,
      clientSettings({ ...defaults, microphone: true, viewOnly: true }),
    );
    tellSettings(client, looking, clientSettings({ ...defaults, microphone: true }));
    expect(updates).toEqual([
      ['microphone', false],
      ['microphone', true],
    ]);
  });

  it('holds every setting that is not the view’s alone', () => {
    expect(Object.keys(clientSettings(defaults))).toEqual([...clientSettingNames]);
  });
});

describe('numbers', () => {
  it('out of range are the nearest in it, but nothing is near the name of a display', () => {
    expect(validSetting('clipboardLimit', -5)).toBe(0);
    expect(settingFromText('clipboardLimit', '1e99')).toBe(settings.clipboardLimit.most);
    for (const none of ['-1', '256', '1.5', 'Infinity']) {
      expect(settingFromText('display', none), none).toBeUndefined();
    }
    expect(settingFromText('display', '0')).toBe(0);
  });
});

it('lists are text, or arrays that become it', () => {
  expect(validSetting('videoCodecs', ['vp8', 'mjpeg'])).toBe('vp8 mjpeg');
});

it('names of settings and attributes are each there once', () => {
  const attributes = settingNames.map(attributeOf);
  expect(new Set(attributes).size).toBe(attributes.length);
  expect(attributes.every((name) => /^[a-z]+(-[a-z]+)*$/.test(name))).toBe(true);
});

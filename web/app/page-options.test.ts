import { describe, expect, it } from 'vitest';
import { attributeOf, settingNames } from '../api/settings.ts';
import { querySettingNames, readPageOptions, withoutSecrets } from './page-options.ts';

describe('readPageOptions', () => {
  it('reads which desktop, how it is shown, and settings by their attributes’ names', () => {
    const options = readPageOptions(
      '?target=desk%201&autoconnect=1&view-only=1&scale=real&display=2&embed=1&video-codecs=vp8,mjpeg',
      '',
    );
    expect(options).toEqual({
      target: 'desk 1',
      autoconnect: true,
      embed: true,
      settings: { viewOnly: true, scale: 'real', display: 2, videoCodecs: 'vp8,mjpeg' },
      token: undefined,
      password: undefined,
    });
  });

  it('lets sound be turned off', () => {
    const audio = ['', '?audio=1', '?audio=0', '?audio=off'].map(
      (query) => readPageOptions(query, '').settings.audio,
    );
    expect(audio).toEqual([undefined, true, false, false]);
  });

  it('takes no setting from the query that the table keeps from it', () => {
    const kept = settingNames.filter((name) => !querySettingNames.includes(name));
    expect(kept).toEqual(expect.arrayContaining(['url', 'clipboard', 'microphone', 'disableChannels']));
    const query = kept.map((name) => `${attributeOf(name)}=1`).join('&');
    expect(readPageOptions(`?${query}`, '').settings).toEqual({});
  });

  it('never takes a password or token from the query', () => {
    const options = readPageOptions('?password=x&token=y', '#password=a%20b&token=t');
    expect([options.password, options.token]).toEqual(['a b', 't']);
    expect(readPageOptions('?password=x&token=y', '').password).toBeUndefined();
  });

  it.each([
    ['#password=a+b/c=d', 'a+b/c=d', undefined],
    ['#token=ey+x/y==', undefined, 'ey+x/y=='],
    ['#tab=2&password=a%26b%25%2B&token=', 'a&b%+', ''],
    ['#password=a&b', 'a', undefined],
    ['#password=50%', '50%', undefined],
    ['#password', '', undefined],
    ['#passwords=x', undefined, undefined],
  ])('takes secrets of %s as they are written', (hash, password, token) => {
    expect(readPageOptions('', hash)).toMatchObject({ password, token });
  });

  it('connects by itself unless told otherwise', () => {
    const connects = ['', '?autoconnect=1', '?autoconnect=0'].map(
      (query) => readPageOptions(query, '').autoconnect,
    );
    expect(connects).toEqual([true, true, false]);
  });

  it('ignores what makes no sense', () => {
    const { settings } = readPageOptions('?scale=huge&display=-1&compression=&color-depth=17', '');
    expect(settings).toEqual({ scale: 'fit', display: undefined, compression: 'auto', colorDepth: 0 });
  });
});

describe('withoutSecrets', () => {
  it('removes secrets and keeps the rest as it is written', () => {
    expect(withoutSecrets('#password=x&tab=2+3&a=%20')).toBe('#tab=2+3&a=%20');
    expect(withoutSecrets('#token=x')).toBe('');
    expect(withoutSecrets('#tab')).toBe('#tab');
    expect(withoutSecrets('')).toBe('');
  });
});

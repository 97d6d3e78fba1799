import { describe, expect, it } from 'vitest';
import { readPageOptions, withoutSecrets } from './page-options.ts';

describe('readPageOptions', () => {
  it('reads what interface.md promises', () => {
    const options = readPageOptions(
      '?target=desk%201&autoconnect=1&view-only=1&scale=real&display=2&embed=1',
      '',
    );
    expect(options).toMatchObject({
      target: 'desk 1',
      autoconnect: true,
      viewOnly: true,
      scale: 'real',
      display: 2,
      embed: true,
    });
  });

  it('lets sound be turned off', () => {
    const audio = ['', '?audio=1', '?audio=0', '?audio=off'].map((query) => readPageOptions(query, '').audio);
    expect(audio).toEqual([true, true, false, false]);
  });

  it('never takes a password or token from the query', () => {
    const options = readPageOptions('?password=x&token=y', '#password=a%20b&token=t');
    expect([options.password, options.token]).toEqual(['a b', 't']);
    expect(readPageOptions('?password=x&token=y', '').password).toBeUndefined();
  });

  it('connects by itself unless told otherwise', () => {
    const connects = ['', '?autoconnect=1', '?autoconnect=0'].map(
      (query) => readPageOptions(query, '').autoconnect,
    );
    expect(connects).toEqual([true, true, false]);
  });

  it('ignores what makes no sense', () => {
    expect(readPageOptions('?scale=huge&display=-1&autoconnect=0', '')).toMatchObject({
      scale: 'fit',
      display: undefined,
      autoconnect: false,
    });
  });
});

describe('withoutSecrets', () => {
  it('removes secrets and keeps the rest', () => {
    expect(withoutSecrets('#password=x&tab=2')).toBe('#tab=2');
    expect(withoutSecrets('#token=x')).toBe('');
    expect(withoutSecrets('#tab')).toBe('#tab');
  });
});

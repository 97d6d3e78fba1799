import { settingNames, settings, type Setting, type SettingName } from '../api/settings.ts';

/** A value of a setting that is not its default, as an attribute says it and as the property has it. */
export interface OtherSetting {
  readonly name: SettingName;
  readonly text: string;
  readonly value: Setting['default'];
}

/** One for every row of the table. */
export const otherSettings: readonly OtherSetting[] = settingNames.map((name) => ({
  name,
  ...other(settings[name]),
}));

function other(row: Setting): Omit<OtherSetting, 'name'> {
  switch (row.kind) {
    case 'flag':
      return row.default ? { text: 'off', value: false } : { text: '', value: true };
    case 'choice': {
      const value = row.values.findLast((one) => one !== row.default) ?? row.default;
      return { text: String(value), value };
    }
    case 'number':
      return { text: '7', value: 7 };
    case 'list': {
      const text = (row.values ?? ['cursor', 'record']).slice(0, 2).join(' ');
      return { text, value: text };
    }
    default:
      return { text: 'wss://desk.example/', value: 'wss://desk.example/' };
  }
}

import { LitElement, type PropertyDeclaration, type PropertyDeclarations } from 'lit';
import {
  attributeOf,
  clientSettingNames,
  settingFromText,
  settingNames,
  settings,
  validSetting,
  type ClientSettings,
  type ClientSettingInput,
  type ClientSettingName,
  type Setting,
  type SettingName,
  type SettingValues,
} from '../api/settings.ts';

/** The table of settings as Lit has properties: attribute, conversion both ways, reflection. */
function settingProperties(): PropertyDeclarations {
  return Object.fromEntries(
    settingNames.map((name) => {
      const row: Setting = settings[name];
      const declaration: PropertyDeclaration = {
        attribute: attributeOf(name),
        reflect: row.reflect ?? false,
        noAccessor: true,
        converter: {
          fromAttribute: (text) => settingFromText(name, text),
          toAttribute: row.kind === 'flag' ? (isOn: boolean) => (isOn ? '' : null) : String,
        },
      };
      return [name, declaration];
    }),
  );
}

/** An element whose attributes and properties are the table of settings. What makes no sense is the default. */
class SettingsElementBase extends LitElement {
  static override properties = settingProperties();

  readonly #values = new Map<SettingName, unknown>();

  static {
    for (const name of settingNames) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        enumerable: true,
        get(this: SettingsElementBase) {
          return this.#values.get(name);
        },
        set(this: SettingsElementBase, given: unknown) {
          const before = this.#values.get(name);
          this.#values.set(name, validSetting(name, given));
          this.requestUpdate(name, before);
        },
      });
    }
  }

  constructor() {
    super();
    Object.assign(this, Object.fromEntries(settingNames.map((name) => [name, settings[name].default])));
  }
}

export const SettingsElement = SettingsElementBase as unknown as typeof LitElement &
  (new (...given: any[]) => SettingValues);

/** What a client is to know of an element's settings. */
export function clientSettings(viewer: SettingValues): ClientSettings {
  const values = Object.fromEntries(clientSettingNames.map((name) => [name, viewer[name]])) as ClientSettings;
  // Whoever only looks says nothing either.
  return { ...values, microphone: viewer.microphone && !viewer.viewOnly };
}

/** Where settings go that change after a client was made. */
export interface SettingsTarget {
  update<Name extends ClientSettingName>(name: Name, value: ClientSettingInput<Name>): void;
}

/** Tells a client what has changed since `told`, and gives what it knows then. */
export function tellSettings(
  client: SettingsTarget,
  told: ClientSettings,
  now: ClientSettings,
): ClientSettings {
  for (const name of clientSettingNames) {
    if (told[name] !== now[name]) client.update(name, now[name] as ClientSettingInput<typeof name>);
  }
  return now;
}

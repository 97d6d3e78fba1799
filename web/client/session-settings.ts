import {
  clientSettingNames,
  settings,
  validSetting,
  type ClientSettingInput,
  type ClientSettingInputs,
  type ClientSettingName,
  type ClientSettings,
} from '../api/settings.ts';

export type SettingsWorker = 'display' | 'session';

/** The worker that a setting has to reach, if any. */
function workerOf(name: ClientSettingName): SettingsWorker | undefined {
  const { reach } = settings[name];
  if (reach === 'display') return 'display';
  return reach === 'client' ? undefined : 'session';
}

/** A client's settings: what they are, and who hears when one changes. */
export class SessionSettings {
  readonly values: ClientSettings;
  readonly #changed: (name: ClientSettingName, worker: SettingsWorker | undefined) => void;

  constructor(
    given: ClientSettingInputs,
    changed: (name: ClientSettingName, worker: SettingsWorker | undefined) => void,
  ) {
    this.values = Object.fromEntries(
      clientSettingNames.map((name) => [name, validSetting(name, given[name])]),
    ) as ClientSettings;
    this.#changed = changed;
  }

  /** What makes no sense becomes the setting's default. */
  update<Name extends ClientSettingName>(name: Name, given: ClientSettingInput<Name>): void {
    if (!clientSettingNames.includes(name)) throw new RangeError(`SpiceClient has no setting "${name}".`);
    const value = validSetting(name, given);
    if (value === this.values[name]) return;
    (this.values as Record<string, unknown>)[name] = value;
    this.#changed(name, workerOf(name));
  }

  /** It cannot be had: it is its default again, and nobody is told. */
  drop(name: ClientSettingName): void {
    (this.values as Record<string, unknown>)[name] = settings[name].default;
  }

  /** All that a worker has to know. */
  of(worker: SettingsWorker): Partial<ClientSettings> {
    return Object.fromEntries(
      clientSettingNames.filter((name) => workerOf(name) === worker).map((name) => [name, this.values[name]]),
    );
  }
}

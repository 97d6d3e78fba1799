import { clientSettingNames, settings, type ClientSettings } from '../api/settings.ts';
import type { ChannelKey, ToDisplayWorker, ToSessionWorker } from '../threads/worker-messages.ts';
import type { FeatureHost } from './client-feature.ts';
import type { SpiceClientEventDetails } from './spice-events.ts';

/** A client as a feature sees it, that writes down what the feature does. */
export class TestFeatureHost implements FeatureHost {
  readonly settings: ClientSettings;
  readonly toSession: ToSessionWorker[] = [];
  readonly toDisplay: ToDisplayWorker[] = [];
  readonly opened: ChannelKey[] = [];
  readonly events: { [K in keyof SpiceClientEventDetails]?: SpiceClientEventDetails[K][] } = {};

  constructor(given: Partial<ClientSettings> = {}) {
    const defaults = Object.fromEntries(clientSettingNames.map((name) => [name, settings[name].default]));
    this.settings = { ...(defaults as ClientSettings), ...given };
  }

  postToSession = (message: ToSessionWorker): void => void this.toSession.push(message);
  postToDisplay = (message: ToDisplayWorker): boolean => this.toDisplay.push(message) > 0;
  askSession = (): Promise<never> => Promise.reject(new Error('nobody answers'));
  askDisplay = (): Promise<never> => Promise.reject(new Error('nobody answers'));
  open = (channel: ChannelKey): void => void this.opened.push(channel);
  dropSetting = (name: keyof ClientSettings): void => {
    (this.settings as Record<string, unknown>)[name] = settings[name].default;
  };

  emit = <K extends keyof SpiceClientEventDetails>(type: K, detail: SpiceClientEventDetails[K]): void => {
    const heard: SpiceClientEventDetails[K][] = (this.events[type] ??= []);
    heard.push(detail);
  };
}

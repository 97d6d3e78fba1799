import type { FeatureHost } from './client-feature.ts';
import type { SessionSettings } from './session-settings.ts';
import type { SessionWorkers } from './session-workers.ts';

interface FeatureHostParts extends Pick<FeatureHost, 'open' | 'emit'> {
  readonly workers: SessionWorkers;
  readonly settings: SessionSettings;
}

/** A client as its features see it. */
export function featureHost({ workers, settings, open, emit }: FeatureHostParts): FeatureHost {
  const noSession = (): Promise<never> => Promise.reject(new Error('There is no session.'));
  return {
    settings: settings.values,
    postToSession: (message, transfer) => workers.session?.post(message, transfer),
    postToDisplay: (message, transfer) => workers.postToDisplay(message, transfer),
    askSession: (question) => workers.session?.ask(question) ?? noSession(),
    askDisplay: (question) => workers.display?.ask(question) ?? noSession(),
    dropSetting: (name) => settings.drop(name),
    open,
    emit,
  };
}

import type { ClientFeature, FeatureHost, Receivers } from './client-feature.ts';

/** The guest's name and UUID, and what its server says to the user. */
export class GuestIdentity implements ClientFeature {
  readonly #host: FeatureHost;
  name = '';
  uuid = '';

  constructor(host: FeatureHost) {
    this.#host = host;
  }

  readonly receive: Receivers = {
    name: ({ name }) => {
      this.name = name;
      this.#tell();
    },
    uuid: ({ uuid }) => {
      this.uuid = uuid;
      this.#tell();
    },
    notify: ({ severity, text }) => {
      if (severity > 0) this.#host.emit('error', { kind: 'server', code: 'server-notice', message: text });
    },
  };

  #tell(): void {
    this.#host.emit('guestname', { name: this.name, uuid: this.uuid });
  }
}

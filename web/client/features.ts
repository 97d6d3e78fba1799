import { AgentSession } from './agent-session.ts';
import type { ClientFeature, FeatureHost } from './client-feature.ts';
import { GuestCursors } from './guest-cursors.ts';
import { GuestDisplays } from './guest-displays.ts';
import { GuestIdentity } from './guest-identity.ts';
import { GuestInput } from './guest-input.ts';
import { AudioSession } from './sound/audio-session.ts';
import { MicrophoneSession } from './sound/microphone-session.ts';

/** All that a session can do beside living and ending. A new feature is its object, and a line here. */
export class ClientFeatures {
  readonly displays: GuestDisplays;
  readonly cursors: GuestCursors;
  readonly agent: AgentSession;
  readonly input: GuestInput;
  readonly audio: AudioSession;
  readonly microphone: MicrophoneSession;
  readonly identity: GuestIdentity;
  /** in the order in which they hear of things */
  readonly list: readonly ClientFeature[];

  constructor(host: FeatureHost) {
    this.displays = new GuestDisplays(host);
    this.cursors = new GuestCursors(host);
    const agent = new AgentSession(host);
    this.agent = agent;
    this.input = new GuestInput(host, {
      get isPossible() {
        return agent.acceptsClipboard;
      },
      offer: (text) => agent.clipboard.offer({ text }),
    });
    this.audio = new AudioSession(host);
    this.microphone = new MicrophoneSession(host);
    this.identity = new GuestIdentity(host);
    this.list = [
      this.displays,
      this.cursors,
      this.agent,
      this.input,
      this.audio,
      this.microphone,
      this.identity,
    ];
  }
}

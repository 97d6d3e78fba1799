// What dist/spice-viewer.js exports: the element (registered on import) and the headless client.
import { SpiceViewer } from './spice-viewer.ts';

export { SpiceViewer };
export { SpiceClient, type SpiceClientOptions, type SpiceCredentials } from '../session/spice-client.ts';
export type { ChannelOpener, ChannelSocket } from '../session/channel-relay.ts';
export type { SpiceEventDetails, SpiceState } from '../session/spice-events.ts';
export type { SpiceStats } from '../session/spice-stats.ts';
export type { DisplayHead } from '../session/worker-messages.ts';

if (customElements.get('spice-viewer') === undefined) customElements.define('spice-viewer', SpiceViewer);

// What dist/spice-viewer.js exports: the element (registered on import) and the headless client.
import { SpiceClient } from '../client/spice-client.ts';
import { SpiceViewer } from './spice-viewer.ts';

export { SpiceClient, SpiceViewer };
export type * from '../api/public-types.ts';

if (customElements.get('spice-viewer') === undefined) customElements.define('spice-viewer', SpiceViewer);

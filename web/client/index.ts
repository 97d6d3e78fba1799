// What dist/spice-client.js exports.
export { SpiceClient } from './spice-client.ts';
export type * from '../api/page-types.ts';
export type * from '../api/public-types.ts';

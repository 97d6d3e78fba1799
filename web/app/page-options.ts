import type { ImageCompression, ScaleMode, VideoDecoderChoice } from '../api/public-types.ts';

/** What the page's address asks for. */
export interface PageOptions {
  readonly target: string | undefined;
  /** without it the page waits for a press on its button */
  readonly autoconnect: boolean;
  readonly viewOnly: boolean;
  readonly scale: ScaleMode;
  readonly resizeSession: boolean;
  readonly compression: ImageCompression;
  /** as the attribute of <spice-viewer> */
  readonly videoCodecs: string;
  readonly videoDecoder: VideoDecoderChoice;
  readonly audio: boolean;
  readonly stats: boolean;
  readonly display: number | undefined;
  readonly embed: boolean;
  /** from the fragment, never from the query: queries end up in logs */
  readonly token: string | undefined;
  readonly password: string | undefined;
}

function flag(value: string | null): boolean {
  return value !== null && value !== '0' && value !== 'false';
}

/** For what is on by default. */
function isOn(value: string | null): boolean {
  return value === null || !['off', 'false', '0'].includes(value);
}

const scales: readonly ScaleMode[] = ['fit', 'real', 'full'];
const compressions: readonly ImageCompression[] = ['auto', 'off', 'lz', 'glz', 'quic', 'lz4'];

const decoders: readonly VideoDecoderChoice[] = ['auto', 'hardware', 'software'];

function oneOf<T extends string>(values: readonly T[], given: string | null): T | undefined {
  return values.find((value) => value === given);
}

export function readPageOptions(search: string, hash: string): PageOptions {
  const query = new URLSearchParams(search);
  const fragment = new URLSearchParams(hash.replace(/^#/, ''));
  const display = query.get('display');
  return {
    target: query.get('target') ?? undefined,
    autoconnect: isOn(query.get('autoconnect')),
    viewOnly: flag(query.get('view-only')),
    scale: oneOf(scales, query.get('scale')) ?? 'fit',
    compression: oneOf(compressions, query.get('compression')) ?? 'auto',
    videoCodecs: query.get('video-codecs') ?? '',
    videoDecoder: oneOf(decoders, query.get('video-decoder')) ?? 'auto',
    audio: isOn(query.get('audio')),
    stats: flag(query.get('stats')),
    resizeSession: flag(query.get('resize-session')),
    display: display !== null && /^\d{1,3}$/.test(display) ? Number(display) : undefined,
    embed: flag(query.get('embed')),
    token: fragment.get('token') ?? undefined,
    password: fragment.get('password') ?? undefined,
  };
}

/** The fragment without its secrets, which are to be read once and then be gone from the address bar. */
export function withoutSecrets(hash: string): string {
  const fragment = new URLSearchParams(hash.replace(/^#/, ''));
  if (!fragment.has('token') && !fragment.has('password')) return hash;
  fragment.delete('token');
  fragment.delete('password');
  const rest = fragment.toString();
  return rest === '' ? '' : `#${rest}`;
}

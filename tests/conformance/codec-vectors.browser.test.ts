import { describe, expect, it } from 'vitest';
import { readImagePayload, type Image } from '../../shared-protocol/channels/image.ts';
import {
  decodePure,
  decodeWithGlz,
  decodeWithJpeg,
  needsOf,
} from '../../shared-protocol/codecs/decode-image.ts';
import { type DecodedImage, toRgba } from '../../shared-protocol/codecs/decoded-image.ts';
import { GlzWindow } from '../../shared-protocol/codecs/glz.ts';
import { u64Of } from '../../shared-protocol/wire/u64.ts';
import { decodeJpegInBrowser } from '../../web/display/jpeg-decoder.ts';
import type { CodecManifest, CodecVector } from './codec-vectors.ts';

// The packed golden vectors once more, by the browser's engine and its own JPEG decoder.
async function load(name: string): Promise<Uint8Array> {
  const response = await fetch(`/tests/conformance/vectors/${name}`);
  return new Uint8Array(await response.arrayBuffer());
}
const manifest = JSON.parse(new TextDecoder().decode(await load('manifest.json'))) as CodecManifest;
const pack = await load(manifest.pack ?? '');

function imageOf({ image_type: type, width, height, at = 0, size }: CodecVector): Image {
  return {
    id: u64Of(0),
    flags: 0,
    width,
    height,
    payload: readImagePayload(type, pack.subarray(at, at + size)),
  };
}

async function sha256(bytes: Uint8ClampedArray): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytes.slice());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function decode(vector: CodecVector, window: GlzWindow): Promise<DecodedImage> {
  const image = imageOf(vector);
  const needs = needsOf(image);
  if (needs === 'browser') return decodeWithJpeg(image, decodeJpegInBrowser);
  if (needs !== 'window') return decodePure(image, { target: '32', palette: vector.palette?.ents });
  const decoded = decodeWithGlz(image, window);
  if ('missing' in decoded) throw new Error('an earlier image is missing');
  return decoded;
}

describe('golden vectors in the browser', () => {
  const groups = new Map<string, CodecVector[]>();
  for (const vector of manifest.vectors) {
    const key = vector.group ?? vector.codec;
    groups.set(key, [...(groups.get(key) ?? []), vector]);
  }

  it.each([...groups.keys()])('%s', async (key) => {
    const window = new GlzWindow();
    const wrong: string[] = [];
    const members = (groups.get(key) ?? []).toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0));
    for (const vector of members) {
      const rgba = toRgba(await decode(vector, window));
      // Chromium's JPEG decoder is libjpeg-turbo, whose pixels the vectors have.
      if ((await sha256(rgba)) !== vector.rgba_sha256) wrong.push(vector.name);
    }
    expect(members.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
});

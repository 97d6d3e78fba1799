import { describe, expect, it } from 'vitest';
import { agentCapability } from '@spice-viewer/shared-protocol/agent/agent-capabilities.ts';
import { agentHeaderSize } from '@spice-viewer/shared-protocol/agent/agent-transport.ts';
import type { DesktopEffect } from '../api/settings.ts';
import { FakeGuest, linuxBits } from './test-guest.ts';

describe('an agent that comes', () => {
  it('is started, greeted, and its features told', () => {
    const guest = new FakeGuest();
    expect(guest.starts).toBe(1);
    expect(guest.of('announceCapabilities').map(({ request }) => request)).toEqual([1, 0]);
    expect(guest.posted).toEqual([
      {
        kind: 'agentFeatures',
        features: { clipboard: true, files: true, monitors: true, volume: true, effects: false },
      },
    ]);
    guest.agent.disconnected();
    expect(guest.posted.at(-1)).toEqual({
      kind: 'agentFeatures',
      features: { clipboard: false, files: false, monitors: false, volume: false, effects: false },
    });
  });

  it('is told how loud it is to be', () => {
    const guest = new FakeGuest();
    guest.agent.command({ kind: 'volume', level: 0.5, muted: true });
    guest.agent.command({ kind: 'volume', level: 7, muted: false });
    expect(guest.of('audioVolumeSync')).toEqual([
      { isPlayback: 1, mute: 1, volume: [0x8000, 0x8000] },
      { isPlayback: 1, mute: 0, volume: [0xffff, 0xffff] },
    ]);
  });

  it('learns the monitors, once for each wish, and again after a restart', () => {
    const guest = new FakeGuest();
    const wish = (width: number): void =>
      guest.agent.command({ kind: 'monitors', monitors: [{ id: 0, width, height: 600, x: 0, y: 0 }] });
    wish(800);
    wish(800);
    wish(900);
    expect(guest.of('monitorsConfig').map(({ monitors }) => monitors[0].width)).toEqual([800, 900]);
    guest.agent.disconnected();
    guest.agent.setTokens(10);
    guest.agent.connected();
    guest.announce(linuxBits, 0);
    expect(guest.of('monitorsConfig').map(({ monitors }) => monitors[0].width)).toEqual([800, 900, 900]);
    guest.announce(linuxBits, 0);
    expect(guest.of('monitorsConfig').length).toBe(3);
  });
});

describe('effects of the desktop', () => {
  const effects = (guest: FakeGuest, disabled: DesktopEffect[], colorDepth?: 16 | 32): void =>
    guest.agent.command({ kind: 'effects', effects: { disabled, colorDepth } });

  it('are only told to agents that can switch them, once, and again after a restart', () => {
    const linux = new FakeGuest();
    effects(linux, ['wallpaper']);
    expect(linux.of('displayConfig')).toEqual([]);
    const guest = new FakeGuest([...linuxBits, agentCapability.displayConfig]);
    effects(guest, []);
    expect(guest.of('displayConfig')).toEqual([]);
    effects(guest, ['wallpaper', 'animation'], 16);
    effects(guest, ['wallpaper', 'animation'], 16);
    effects(guest, ['font-smooth']);
    effects(guest, []);
    expect(guest.of('displayConfig')).toEqual([
      { flags: 1 | 4 | 8, depth: 16 },
      { flags: 2, depth: 0 },
      { flags: 0, depth: 0 },
    ]);
    effects(guest, ['animation']);
    guest.agent.disconnected();
    guest.agent.setTokens(10);
    guest.agent.connected();
    guest.announce([...linuxBits, agentCapability.displayConfig], 0);
    expect(guest.of('displayConfig').slice(3)).toEqual([
      { flags: 4, depth: 0 },
      { flags: 4, depth: 0 },
    ]);
  });
});

it('a header alone makes nothing', () => {
  const guest = new FakeGuest();
  guest.agent.receive(new Uint8Array(agentHeaderSize));
  expect(guest.posted.at(-1)).toMatchObject({ kind: 'agentTrouble', about: 'agent' });
});

import { readFileSync } from 'node:fs';
import { expect, needs, test } from './lib/fixtures.ts';
import { openWindow } from './lib/desktop.ts';
import { scancodesBeforeMarker } from './lib/fence.ts';
import { pressRaw, typePhysically } from './lib/keys.ts';
import type { Viewer } from './lib/viewer.ts';
import { Xev } from './lib/xev.ts';
import type { Qemu } from '../servers/qemu.ts';

needs('chromium', 'qemu', 'xspice');

/** Physical key, the X keysym, and what a PC sees in scan code set 1 when it is pressed and released. */
const keys: [code: string, keysym: string, scancodes: string][] = [
  ['KeyA', 'a', '1e9e'],
  ['KeyZ', 'z', '2cac'],
  ['Digit1', '1', '0282'],
  ['Digit0', '0', '0b8b'],
  ['Minus', 'minus', '0c8c'],
  ['BracketLeft', 'bracketleft', '1a9a'],
  ['Backquote', 'grave', '29a9'],
  ['Backslash', 'backslash', '2bab'],
  ['Slash', 'slash', '35b5'],
  ['Space', 'space', '39b9'],
  ['Enter', 'Return', '1c9c'],
  ['Tab', 'Tab', '0f8f'],
  ['Backspace', 'BackSpace', '0e8e'],
  ['Escape', 'Escape', '0181'],
  ['F1', 'F1', '3bbb'],
  ['F10', 'F10', '44c4'],
  ['F11', 'F11', '57d7'],
  ['F12', 'F12', '58d8'],
  ['ArrowUp', 'Up', 'e048e0c8'],
  ['ArrowDown', 'Down', 'e050e0d0'],
  ['ArrowLeft', 'Left', 'e04be0cb'],
  ['ArrowRight', 'Right', 'e04de0cd'],
  ['Insert', 'Insert', 'e052e0d2'],
  ['Delete', 'Delete', 'e053e0d3'],
  ['Home', 'Home', 'e047e0c7'],
  ['End', 'End', 'e04fe0cf'],
  ['PageUp', 'Prior', 'e049e0c9'],
  ['PageDown', 'Next', 'e051e0d1'],
  ['ShiftLeft', 'Shift_L', '2aaa'],
  ['ShiftRight', 'Shift_R', '36b6'],
  ['ControlLeft', 'Control_L', '1d9d'],
  ['ControlRight', 'Control_R', 'e01de09d'],
  ['AltLeft', 'Alt_L', '38b8'],
  ['AltRight', 'Alt_R', 'e038e0b8'],
  ['MetaLeft', 'Super_L', 'e05be0db'],
  ['MetaRight', 'Super_R', 'e05ce0dc'],
  ['ContextMenu', 'Menu', 'e05de0dd'],
  ['NumpadEnter', 'KP_Enter', 'e01ce09c'],
  ['NumpadDivide', 'KP_Divide', 'e035e0b5'],
  ['NumpadMultiply', 'KP_Multiply', '37b7'],
  ['NumpadSubtract', 'KP_Subtract', '4aca'],
  ['NumpadAdd', 'KP_Add', '4ece'],
  ['Numpad5', 'KP_Begin', '4ccc'],
  ['PrintScreen', 'Print', 'e02ae037e0b7e0aa'],
];

type RecordingGuest = 'scancodes' | 'characters';

/** A PC whose guest records every scan code, or the characters that its BIOS makes of them. */
async function connectPc(
  qemu: (options: { guest: RecordingGuest; bootMenu: number }) => Promise<Qemu>,
  connect: (port: number) => Promise<Viewer>,
  guest: RecordingGuest = 'scancodes',
) {
  const machine = await qemu({ guest, bootMenu: 0 });
  const viewer = await connect(machine.port);
  // The guest runs as soon as its answer to a key that the machine itself presses is seen.
  await expect
    .poll(
      async () => {
        await machine.sendKey('x');
        return machine.debugConsole().length;
      },
      { message: 'the guest is up', timeout: 30_000 },
    )
    .toBeGreaterThan(1);
  let from = 0;
  const seen = () => machine.debugConsole().subarray(from).toString('hex');
  const forget = () => {
    from = machine.debugConsole().length;
  };
  /** What came since the last call, all of it. */
  const scancodes = async () => {
    const before = await scancodesBeforeMarker(viewer, seen);
    forget();
    return before;
  };
  await viewer.focus();
  if (guest === 'scancodes') {
    expect(await scancodes(), 'all that the machine pressed').toMatch(/^(2dad)+$/);
  } else {
    await viewer.page.keyboard.press('KeyQ');
    await expect.poll(() => machine.debugConsole().toString('latin1')).toMatch(/^x+q$/);
  }
  return {
    machine,
    viewer,
    keyboard: viewer.page.keyboard,
    scancodes,
    /** Waits for the scan codes since the last call and compares. */
    async expectScancodes(what: string, hex: string) {
      await expect.poll(seen, { message: what }).toBe(hex);
      forget();
    },
  };
}

test('a PC sees the scan codes of every kind of key', async ({ qemu, connect }) => {
  const pc = await connectPc(qemu, connect);
  for (const [code, , scancodes] of keys) {
    await pc.keyboard.press(code);
    await pc.expectScancodes(code, scancodes);
  }
  const session = await pc.viewer.page.context().newCDPSession(pc.viewer.page);
  await pressRaw(session, 'IntlBackslash', '<', 226);
  await pc.expectScancodes('IntlBackslash', '56d6');
  await pressRaw(session, 'IntlRo', '\\', 193);
  await pc.expectScancodes('IntlRo', '73f3');
  expect(await pc.scancodes(), 'nothing more was sent').toBe('');
});

test('a PC sees Pause as one sequence and Control+Pause as Break', async ({ qemu, connect }) => {
  const pc = await connectPc(qemu, connect);
  await pc.keyboard.press('Pause');
  await pc.expectScancodes('Pause', 'e11d45e19dc5');
  await pc.keyboard.press('ControlLeft+Pause');
  await pc.expectScancodes('Control+Pause', '1de046e0c69d');
  await pc.keyboard.press('KeyB');
  await pc.expectScancodes('a key after Pause', '30b0');
});

test('lock keys arrive once', async ({ qemu, connect }) => {
  const pc = await connectPc(qemu, connect);
  for (const [code, scancodes] of [
    ['CapsLock', '3aba'],
    ['NumLock', '45c5'],
    ['ScrollLock', '46c6'],
  ] as const) {
    await pc.keyboard.press(code);
    expect(await pc.scancodes(), code).toBe(scancodes);
  }
});

test('chords, key repeat and modifiers keep their order', async ({ qemu, connect }) => {
  const pc = await connectPc(qemu, connect);
  await pc.keyboard.press('ShiftLeft+KeyA');
  await pc.expectScancodes('Shift+A', '2a1e9eaa');
  await pc.keyboard.press('ControlLeft+AltLeft+KeyT');
  await pc.expectScancodes('Control+Alt+T', '1d381494b89d');
  await pc.keyboard.press('AltRight+KeyE');
  await pc.expectScancodes('AltGr+E', 'e0381292e0b8');
  await pc.keyboard.press('MetaLeft+KeyL');
  await pc.expectScancodes('Meta+L', 'e05b26a6e0db');
  await pc.keyboard.down('KeyA');
  await pc.keyboard.down('KeyA');
  await pc.keyboard.down('KeyA');
  await pc.keyboard.up('KeyA');
  await pc.expectScancodes('a held key', '1e1e1e9e');
});

test('no key stays pressed when the viewer loses the keyboard', async ({ qemu, connect }) => {
  const pc = await connectPc(qemu, connect);
  const leave = [
    () => pc.viewer.evaluate((element) => element.blur()),
    () => pc.viewer.page.evaluate(() => globalThis.dispatchEvent(new Event('blur'))),
  ];
  for (const lose of leave) {
    await pc.viewer.focus();
    await pc.scancodes();
    await pc.keyboard.down('ShiftLeft');
    await pc.keyboard.down('KeyA');
    await pc.keyboard.down('ControlRight');
    await pc.expectScancodes('three keys held', '2a1ee01d');
    await lose();
    const released = (await pc.scancodes()).match(/e0..|../g)?.sort();
    expect(released, 'all are released').toEqual(['9e', 'aa', 'e09d']);
    for (const code of ['ShiftLeft', 'KeyA', 'ControlRight']) await pc.keyboard.up(code);
    expect((await pc.scancodes()).match(/^(9e|aa|e09d)*$/), 'nothing is pressed again').not.toBeNull();
  }
});

test('sendKeys and sendKey press what they name', async ({ qemu, connect }) => {
  const pc = await connectPc(qemu, connect);
  await pc.viewer.evaluate((element) => element.sendKeys('ctrl+alt+delete'));
  await pc.expectScancodes('Control+Alt+Delete', '1d38e053e0d3b89d');
  await pc.viewer.evaluate((element) => element.sendKeys('ctrl+alt+f2'));
  await pc.expectScancodes('Control+Alt+F2', '1d383cbcb89d');
  await pc.viewer.evaluate((element) => {
    element.sendKey('KeyQ', true);
    element.sendKey('KeyQ', false);
  });
  await pc.expectScancodes('sendKey', '1090');
});

test('a BIOS gets every character of a long text', async ({ qemu, connect }) => {
  test.setTimeout(300_000);
  const pc = await connectPc(qemu, connect, 'characters');
  const line = 'if [ "$A" != \'b!B@c#D$\' ]; then ECHO {~}; fi # 42\n';
  const text = line.repeat(40).slice(0, 2000);
  const from = pc.machine.debugConsole().length;
  const typed = () => pc.machine.debugConsole().subarray(from).toString('latin1').replaceAll('\r', '\n');
  const begin = performance.now();
  await pc.viewer.evaluate((element, given) => element.typeText(given), text);
  test.info().annotations.push({
    type: 'characters a second',
    description: (text.length / ((performance.now() - begin) / 1000)).toFixed(1),
  });
  await pc.keyboard.press('KeyQ');
  await expect.poll(typed).toContain('q');
  expect(typed()).toBe(`${text}q`);
});

test('an X client sees the same keys, by name', async ({ xspice, connect }) => {
  const server = await xspice({ openbox: false });
  const viewer = await connect(server.port);
  const xev = await Xev.start(server);
  await viewer.focus();
  for (const [code, keysym] of keys) {
    xev.forget();
    await viewer.page.keyboard.press(code);
    await expect.poll(() => xev.short(), { message: code }).toEqual([`+${keysym}`, `-${keysym}`]);
  }
  xev.forget();
  await viewer.page.keyboard.press('ShiftLeft+KeyA');
  await expect.poll(() => xev.short()).toEqual(['+Shift_L', '+A', '-A', '-Shift_L']);
  await viewer.page.keyboard.press('CapsLock');
  await expect.poll(() => server.exec('xset', 'q')).toMatch(/Caps Lock:\s+on/);
});

test('typed text arrives in a terminal', async ({ xspice, connect }) => {
  const server = await xspice();
  const viewer = await connect(server.port);
  const file = `${server.dir}/typed`;
  const id = await openWindow(
    server,
    'typing',
    'xterm',
    '-title',
    'typing',
    '-e',
    'sh',
    '-c',
    `cat > ${file}`,
  );
  await server.exec('xdotool', 'windowactivate', '--sync', id);
  await viewer.focus();
  const typed = `The quick brown fox jumps over 13 lazy dogs.\n~!@#$%^&*()_+{}|:"<>?\`-=[]\\;',./\n`;
  await typePhysically(viewer.page, typed);
  await expect.poll(() => readFileSync(file, 'utf8')).toBe(typed);
  const given = 'Given by typeText: 50% "done"?\n';
  await viewer.evaluate((element) => element.typeText('Given by typeText: 50% "done"?\n'));
  await expect.poll(() => readFileSync(file, 'utf8')).toBe(typed + given);
});

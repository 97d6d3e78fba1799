import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Keyboard, type KeyboardOptions } from './keyboard.ts';
import { Pointer } from './pointer.ts';

let target: HTMLElement;
let canvas: HTMLCanvasElement;
let log: string[];

beforeEach(() => {
  document.body.innerHTML = '<div tabindex="0" style="position:fixed;left:10px;top:20px"></div>';
  target = document.body.firstElementChild as HTMLElement;
  canvas = document.createElement('canvas');
  canvas.width = 800;
  canvas.height = 600;
  canvas.style.cssText = 'width:400px;height:300px;display:block';
  target.append(canvas);
  log = [];
});
afterEach(() => {
  document.body.innerHTML = '';
});

function key(type: 'keydown' | 'keyup', code: string, init: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent(type, { code, bubbles: true, cancelable: true, ...init });
  target.dispatchEvent(event);
  return event;
}

describe('Keyboard', () => {
  const policy = { enabled: true, keepsDefault: () => false };
  /** as the client has it: what the guest told, and what was sent since */
  let lockState: number | undefined;
  const start = (): Keyboard =>
    new Keyboard(
      target,
      {
        sendKey: (code, down) => {
          log.push(`${down ? '+' : '-'}${code}`);
          if (down && code === 'CapsLock' && lockState !== undefined) lockState ^= 4;
        },
        sendLockState: (modifiers) => {
          log.push(`locks ${modifiers}`);
          lockState = modifiers;
        },
        get lockState() {
          return lockState;
        },
      },
      policy,
      { typeText: (text) => log.push(`text ${text}`) },
    );
  beforeEach(() => {
    policy.enabled = true;
    lockState = undefined;
  });

  it('sends presses, repeats and releases, and keeps them from the page', () => {
    const keyboard = start();
    expect(key('keydown', 'KeyA').defaultPrevented).toBe(true);
    key('keydown', 'KeyA', { repeat: true });
    key('keyup', 'KeyA');
    expect(log).toEqual(['+KeyA', '+KeyA', '-KeyA']);
    keyboard.dispose();
  });

  it('keeps keys held while the focus moves to the field within', () => {
    const keyboard = start();
    key('keydown', 'ControlLeft', { ctrlKey: true });
    target.dispatchEvent(new FocusEvent('focusout', { relatedTarget: canvas, bubbles: true }));
    expect(log).toEqual(['+ControlLeft']);
    keyboard.dispose();
  });

  it('releases what is down when focus is lost, once', () => {
    const keyboard = start();
    key('keydown', 'ControlLeft', { ctrlKey: true });
    key('keydown', 'KeyC', { ctrlKey: true });
    target.dispatchEvent(new FocusEvent('focusout'));
    expect(log).toEqual(['+ControlLeft', '+KeyC', '-ControlLeft', '-KeyC']);
    key('keyup', 'KeyC');
    expect(log).toHaveLength(4);
    keyboard.dispose();
  });

  it('leaves keys to the page while it is off, and keys that a PC does not have', () => {
    const keyboard = start();
    policy.enabled = false;
    expect(key('keydown', 'KeyA').defaultPrevented).toBe(false);
    expect(key('keyup', 'KeyA').defaultPrevented).toBe(false);
    policy.enabled = true;
    expect(key('keydown', 'Fn').defaultPrevented).toBe(false);
    expect(log).toEqual([]);
    keyboard.dispose();
  });

  it('lets the guest know that a key came up that went down before it was switched off', () => {
    const keyboard = start();
    key('keydown', 'ControlLeft', { ctrlKey: true });
    policy.enabled = false;
    key('keydown', 'KeyC', { ctrlKey: true });
    key('keyup', 'KeyC', { ctrlKey: true });
    key('keyup', 'ControlLeft');
    expect(log).toEqual(['+ControlLeft', '-ControlLeft']);
    keyboard.dispose();
  });

  it('brings the guest to the lock state of the user, but not while a lock key is pressed', () => {
    lockState = 4;
    const keyboard = start();
    key('keydown', 'CapsLock');
    key('keyup', 'CapsLock');
    expect(log).toEqual(['+CapsLock', '-CapsLock']);
    key('keydown', 'KeyA');
    expect(log.slice(2)).toEqual(['+KeyA']);
    lockState = 2;
    key('keydown', 'KeyB');
    expect(log.slice(3)).toEqual(['locks 0', '+KeyB']);
    keyboard.dispose();
  });

  it('asks for a lock state once', () => {
    lockState = 4;
    const keyboard = start();
    key('keydown', 'KeyA');
    key('keydown', 'KeyB');
    expect(log).toEqual(['locks 0', '+KeyA', '+KeyB']);
    keyboard.dispose();
  });

  it('leaves locks alone that the guest never told', () => {
    const keyboard = start();
    key('keydown', 'KeyA', { modifierCapsLock: true });
    expect(log).toEqual(['+KeyA']);
    keyboard.dispose();
  });
});

describe('Keyboard and what browsers leave out', () => {
  const policy = { enabled: true, keepsDefault: () => false };
  beforeEach(() => {
    policy.enabled = true;
  });
  const start = (options: KeyboardOptions): Keyboard =>
    new Keyboard(
      target,
      {
        sendKey: (code, down) => log.push(`${down ? '+' : '-'}${code}`),
        sendLockState: () => undefined,
        lockState: undefined,
      },
      policy,
      { typeText: (text) => log.push(`text ${text}`), ...options },
    );

  it('releases a modifier that is not held before a button or the wheel', () => {
    const keyboard = start({});
    for (const event of [new PointerEvent('pointerdown', { buttons: 1 }), new WheelEvent('wheel')]) {
      key('keydown', 'MetaLeft', { metaKey: true });
      canvas.dispatchEvent(event);
    }
    expect(log).toEqual(['+MetaLeft', '-MetaLeft', '+MetaLeft', '-MetaLeft']);
    keyboard.dispose();
  });

  it('lets all go while it is off', () => {
    const keyboard = start({});
    key('keydown', 'ControlLeft', { ctrlKey: true });
    policy.enabled = false;
    key('keyup', 'ControlLeft');
    policy.enabled = true;
    key('keydown', 'KeyA', { key: 'a' });
    expect(log).toEqual(['+ControlLeft', '-ControlLeft', '+KeyA']);
    keyboard.dispose();
  });

  it('drops the made-up Ctrl of AltGr on Windows, and sends one that is alone', async () => {
    const keyboard = start({ platform: 'windows' });
    key('keydown', 'ControlLeft', { key: 'Control', ctrlKey: true });
    key('keydown', 'AltRight', { key: 'AltGraph', ctrlKey: true, altKey: true, modifierAltGraph: true });
    key('keyup', 'ControlLeft', { key: 'Control' });
    key('keyup', 'AltRight', { key: 'AltGraph' });
    expect(log).toEqual(['+AltRight', '-AltRight']);
    key('keydown', 'ControlLeft', { key: 'Control', ctrlKey: true });
    await expect.poll(() => log.at(-1)).toBe('+ControlLeft');
    keyboard.dispose();
  });

  it('types characters that come without a code', () => {
    const keyboard = start({});
    expect(key('keydown', '', { key: 'é' }).defaultPrevented).toBe(true);
    key('keyup', '', { key: 'é' });
    expect(log).toEqual(['text é']);
    keyboard.dispose();
  });
});

describe('Pointer', () => {
  let relative = false;
  const policy = { enabled: true };
  const start = (): Pointer =>
    new Pointer({
      surface: target,
      sink: {
        sendPosition: (x, y, buttons, display) => log.push(`at ${x},${y} ${buttons} d${display}`),
        sendMotion: (dx, dy) => log.push(`by ${dx},${dy}`),
        sendButton: (button, down, mask) => log.push(`${down ? '+' : '-'}${button}/${mask}`),
      },
      screenOf: () => ({ canvas, display: 3 }),
      nearest: () => ({ canvas, display: 3 }),
      isRelative: () => relative,
      policy,
    });
  const pointer = (type: string, init: PointerEventInit): void => {
    canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, ...init }));
  };
  afterEach(() => {
    relative = false;
    policy.enabled = true;
  });

  it('sends guest pixels under any scale', () => {
    const made = start();
    pointer('pointermove', { clientX: 10 + 200, clientY: 20 + 150 });
    expect(log).toEqual(['at 400,300 0 d3']);
    made.dispose();
  });

  it('sends chords button by button, whatever event brings them', () => {
    const made = start();
    pointer('pointerdown', { clientX: 10, clientY: 20, button: 0, buttons: 1 });
    pointer('pointermove', { clientX: 10, clientY: 20, button: 2, buttons: 3 });
    pointer('pointermove', { clientX: 10, clientY: 20, button: 0, buttons: 2 });
    pointer('pointerup', { clientX: 10, clientY: 20, button: 2, buttons: 0 });
    expect(log.filter((line) => !line.startsWith('at'))).toEqual(['+1/1', '+3/5', '-1/4', '-3/0']);
    made.dispose();
  });

  it('turns the wheel with the mask of the other buttons only', () => {
    const made = start();
    canvas.dispatchEvent(new WheelEvent('wheel', { deltaY: -120, bubbles: true, cancelable: true }));
    expect(log).toEqual(['+4/0', '-4/0']);
    made.dispose();
  });

  it('sends nothing in relative mode before the pointer is locked', () => {
    relative = true;
    const made = start();
    pointer('pointermove', { clientX: 50, clientY: 60 });
    expect(log).toEqual([]);
    made.dispose();
  });

  it('releases buttons when it goes', () => {
    const made = start();
    pointer('pointerdown', { clientX: 10, clientY: 20, button: 0, buttons: 1 });
    made.dispose();
    expect(log.at(-1)).toBe('-1/0');
  });

  it('sends only releases of what is held while it is off', () => {
    const made = start();
    pointer('pointerdown', { clientX: 10, clientY: 20, button: 0, buttons: 3 });
    policy.enabled = false;
    log.length = 0;
    pointer('pointermove', { clientX: 90, clientY: 90, button: 0, buttons: 7 });
    pointer('pointerup', { clientX: 90, clientY: 90, button: 0, buttons: 6 });
    pointer('pointerup', { clientX: 90, clientY: 90, button: 2, buttons: 0 });
    expect(log).toEqual(['-1/4', '-3/0']);
    made.dispose();
  });
});

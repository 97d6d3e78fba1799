import { describe, expect, it } from 'vitest';
import { idle, nextState, type ViewerEvents, type ViewerState } from './viewer-state.ts';

type Event = { [Type in keyof ViewerEvents]: readonly [Type, ViewerEvents[Type]] }[keyof ViewerEvents];

const restricted = ['restricted', { viewOnly: false }] as const;
const asked = ['asked', {}] as const;
const refused = ['refused', { reason: 'Wrong.' }] as const;
const answered = ['answered', {}] as const;
const cancelled = ['cancelled', {}] as const;
const connect = ['connect', {}] as const;
const began = ['began', {}] as const;
const connected = ['connected', {}] as const;
const broke = ['broke', { attempt: 2 }] as const;
const opened = ['clipboardOpened', { guestText: 'text' }] as const;
const closed = ['clipboardClosed', {}] as const;
const ended = ['ended', { reason: '' }] as const;
const failed = ['ended', { reason: 'Gone.' }] as const;

function after(...events: readonly Event[]): ViewerState {
  return events.reduce<ViewerState>((state, [type, event]) => nextState(state, type, event as never), idle);
}

/** Without whether the session may only look on. */
function phaseAfter(...events: readonly Event[]): object {
  const { looksOn: _, ...phase } = after(...events);
  return phase;
}

describe('the viewer’s state', () => {
  const connecting = { name: 'connecting' };
  const reconnecting = { name: 'reconnecting', attempt: 2 };
  const shown = { name: 'shown', guestText: undefined };
  const asking = { name: 'asking', refusal: '', waiting: connecting };

  it.each<[string, readonly Event[], object]>([
    ['is idle at first', [], { name: 'idle' }],
    ['connects', [connect, began], connecting],
    ['shows the guest', [connect, began, connected], shown],
    ['is idle after an end without words', [connect, began, connected, ended], { name: 'idle' }],
    ['says why it ended', [connect, connected, failed], { name: 'ended', problem: 'Gone.' }],
    ['says why it could not connect', [connect, failed], { name: 'ended', problem: 'Gone.' }],
    ['connects again after that', [connect, failed, connect], connecting],
    ['goes from a break', [connect, connected, broke], reconnecting],
    ['back to the guest', [connect, connected, broke, began, connected], shown],
    ['or to the end', [connect, connected, broke, failed], { name: 'ended', problem: 'Gone.' }],
    ['counts the attempts', [connect, broke, ['broke', { attempt: 3 }]], { ...reconnecting, attempt: 3 }],

    ['asks for a password', [connect, began, asked], asking],
    ['waits for the session after the answer', [connect, asked, answered], connecting],
    ['shows the guest after the answer', [connect, asked, answered, connected], shown],
    ['needs no answer when the page gave one itself', [connect, asked, connected], shown],
    ['goes on waiting when the dialog is closed', [connect, asked, cancelled], connecting],
    ['asks while it reconnects', [connect, broke, asked], { ...asking, waiting: reconnecting }],
    ['and goes on reconnecting', [connect, broke, asked, answered], reconnecting],
    ['says why a password was refused', [connect, refused], { ...asking, refusal: 'Wrong.' }],
    [
      'keeps asking when the refused session is over',
      [connect, refused, failed],
      { name: 'asking', refusal: 'Wrong.', waiting: undefined },
    ],
    ['connects anew with the answer', [connect, refused, failed, answered], connecting],
    [
      'says it when nobody answers',
      [connect, refused, failed, cancelled],
      { name: 'ended', problem: 'Wrong.' },
    ],
    [
      'keeps asking when the server gives up meanwhile',
      [connect, asked, failed],
      { name: 'asking', refusal: '', waiting: undefined },
    ],
    ['asks no more when the page ends it', [connect, asked, ended], { name: 'idle' }],
    ['is idle when such a dialog is closed', [connect, asked, failed, cancelled], { name: 'idle' }],

    ['opens the clipboard’s dialog', [connect, connected, opened], { ...shown, guestText: 'text' }],
    ['closes it', [connect, connected, opened, closed], shown],
    ['closes it when the session breaks', [connect, connected, opened, broke], reconnecting],
    ['opens none without a session', [connect, opened], connecting],
    ['closes none without one', [connect, closed], connecting],
    ['takes an answer to nothing for nothing', [connect, connected, answered], shown],
    ['and a dialog closed that was not open', [connect, cancelled], connecting],
  ])('%s', (_, events, phase) => {
    expect(phaseAfter(...events)).toEqual(phase);
  });

  it('is the same object when nothing changed', () => {
    const state = after(connect, began);
    for (const [type, event] of [answered, cancelled, closed, opened, began] as const) {
      expect(nextState(state, type, event as never)).toBe(state);
    }
  });

  it('knows for each session anew whether it may only look on', () => {
    const looks = (...events: readonly Event[]): boolean => after(...events).looksOn;
    expect(looks(connect, began, restricted)).toBe(true);
    expect(looks(connect, began, restricted, connected)).toBe(true);
    // The element is view-only by then, by the first refusal's doing.
    expect(looks(connect, began, restricted, ['restricted', { viewOnly: true }])).toBe(true);
    expect(looks(connect, began, restricted, connected, broke)).toBe(true);
    expect(looks(connect, began, restricted, connected, broke, began)).toBe(false);
    expect(looks(connect, began, restricted, connected, ended)).toBe(false);
  });

  it('leaves a page alone that only looks on by itself', () => {
    expect(after(connect, began, ['restricted', { viewOnly: true }]).looksOn).toBe(false);
  });
});

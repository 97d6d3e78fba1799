/**
 * What <spice-viewer> is in the middle of. One state machine; the element renders by it, and nothing here knows the DOM.
 *
 *             connect                 connected                  broke
 *     idle ───────────► connecting ───────────────► shown ─────────────────► reconnecting
 *                        │  ▲    ▲                    ▲                         │   │ ▲
 *       asked or refused │  │    │ connect,           └───────── connected ─────┘   │ │
 *                        ▼  │    │ answered                                         │ │
 *                       asking ──┘ (its session is over)         asked or refused   │ │ answered
 *                          ▲  └─────────────────────────────────────────────────────┼─┘
 *                          └────────────────────────────────────────────────────────┘
 *
 *     ended: from each of them to `ended`, where there is something to say, and to `idle` where there is not. Only a
 *     dialog that asks stays when the server gives up on its session meanwhile: the answer opens a new one.
 */
export type ViewerState = Phase & {
  /** the session may only look on, though the page allows more: `viewOnly` is the session's doing */
  readonly looksOn: boolean;
};

export type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'connecting' }
  /** for a password */
  | {
      readonly name: 'asking';
      /** why the last one was refused; empty for the first */
      readonly refusal: string;
      /** the attempt that waits for the answer; undefined: its session is over */
      readonly waiting: WaitingPhase | undefined;
    }
  /** `guestText`: the clipboard's dialog is open, with what the guest copied last */
  | { readonly name: 'shown'; readonly guestText: string | undefined }
  | { readonly name: 'reconnecting'; readonly attempt: number }
  /** `problem`: a sentence for the user */
  | { readonly name: 'ended'; readonly problem: string };

type WaitingPhase = Extract<Phase, { name: 'connecting' | 'reconnecting' }>;

/** What happens to a viewer: by its user, its page, or its client. */
export interface ViewerEvents {
  connect: object;
  /** a session begins, the first one or one in place of one that broke */
  began: object;
  connected: object;
  /** the server wants a password, and the page leaves it to the viewer to ask */
  asked: object;
  refused: { readonly reason: string };
  answered: object;
  /** the dialog for the password was closed */
  cancelled: object;
  broke: { readonly attempt: number };
  /** the session may only look on */
  restricted: { readonly viewOnly: boolean };
  /** the clipboard's dialog is wanted */
  clipboardOpened: { readonly guestText: string };
  clipboardClosed: object;
  ended: { readonly reason: string };
}

export const idle: ViewerState = { name: 'idle', looksOn: false };

type Step<Type extends keyof ViewerEvents> = (state: ViewerState, event: ViewerEvents[Type]) => Phase;

/** Each gives the state itself for what means nothing in it. */
const steps: { readonly [Type in keyof ViewerEvents]: Step<Type> } = {
  connect: () => ({ name: 'connecting' }),
  began: (state) => state,
  connected: () => ({ name: 'shown', guestText: undefined }),
  asked: (state) => asking(state, ''),
  refused: (state, { reason }) => asking(state, reason),
  answered: (state) => (state.name === 'asking' ? (state.waiting ?? { name: 'connecting' }) : state),
  cancelled: (state) => {
    if (state.name !== 'asking') return state;
    return state.waiting ?? over(state.refusal);
  },
  broke: (_, { attempt }) => ({ name: 'reconnecting', attempt }),
  restricted: (state) => state,
  clipboardOpened: (state, { guestText }) => (state.name === 'shown' ? { name: 'shown', guestText } : state),
  clipboardClosed: (state) => (state.name === 'shown' ? { name: 'shown', guestText: undefined } : state),
  ended: (state, { reason }) =>
    state.name === 'asking' && reason !== '' ? { ...state, waiting: undefined } : over(reason),
};

/** Whether the session may only look on is known for each session anew. */
const looks: {
  readonly [Type in keyof ViewerEvents]?: (now: boolean, event: ViewerEvents[Type]) => boolean;
} = {
  began: () => false,
  restricted: (now, { viewOnly }) => now || !viewOnly,
  ended: () => false,
};

/** The state after an event; the same object when nothing changed. */
export function nextState<Type extends keyof ViewerEvents>(
  state: ViewerState,
  type: Type,
  event: ViewerEvents[Type],
): ViewerState {
  const phase = steps[type](state, event);
  const looksOn = looks[type]?.(state.looksOn, event) ?? state.looksOn;
  return phase === state && looksOn === state.looksOn ? state : { ...phase, looksOn };
}

function asking(state: ViewerState, refusal: string): Phase {
  return { name: 'asking', refusal, waiting: waitingOf(state) };
}

function waitingOf(state: ViewerState): WaitingPhase | undefined {
  if (state.name === 'asking') return state.waiting;
  if (state.name === 'reconnecting') return { name: 'reconnecting', attempt: state.attempt };
  return { name: 'connecting' };
}

function over(problem: string): Phase {
  return problem === '' ? { name: 'idle' } : { name: 'ended', problem };
}

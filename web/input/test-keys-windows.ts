/** What browsers on Windows send. */
import { tap, type Sequence, type Step } from './test-key-sequence.ts';

const ALTGR = 'ctrl alt altGraph';
const altGrPair: readonly Step[] = [
  ['down', 'ControlLeft', { key: 'Control', flags: 'ctrl' }],
  ['down', 'AltRight', { key: 'AltGraph', flags: ALTGR }],
];
const altGrPairUp: readonly Step[] = [
  ['up', 'ControlLeft', 'Control'],
  ['up', 'AltRight', 'AltGraph'],
];

export const windowsKeys: readonly Sequence[] = [
  {
    what: 'AltGr comes with a made-up Ctrl: only AltGr is sent',
    on: 'windows',
    steps: [...altGrPair, ['wait', 80], ...tap('KeyQ', '@', ALTGR), ['wait', 80], ...altGrPairUp],
    right: 'e0381090e0b8',
  },
  {
    what: 'the same for another character',
    on: 'windows',
    steps: [...altGrPair, ['wait', 60], ...tap('Digit7', '{', ALTGR), ...altGrPairUp],
    right: 'e0380888e0b8',
  },
  {
    what: 'a held AltGr repeats as a pair',
    on: 'windows',
    steps: [
      ...altGrPair,
      ['wait', 500],
      ['down', 'ControlLeft', { key: 'Control', flags: ALTGR, repeat: true }],
      ['down', 'AltRight', { key: 'AltGraph', flags: ALTGR, repeat: true }],
      ...tap('KeyE', '€', ALTGR),
      ...altGrPairUp,
    ],
    right: 'e038e0381292e0b8',
  },
  {
    what: 'browsers that hide Ctrl and Alt of AltGr',
    on: 'windows',
    steps: [...altGrPair, ...tap('KeyQ', '@', 'altGraph'), ...altGrPairUp],
    right: 'e0381090e0b8',
  },
  {
    what: "a Ctrl half a second before AltGr is the user's",
    on: 'windows',
    steps: [
      ['down', 'ControlLeft', { key: 'Control', flags: 'ctrl' }],
      ['wait', 500],
      ['down', 'AltRight', { key: 'AltGraph', flags: ALTGR }],
      ...tap('KeyQ', '@', ALTGR),
      ['up', 'AltRight', { key: 'AltGraph', flags: 'ctrl' }],
      ['up', 'ControlLeft', 'Control'],
    ],
    right: '1de0381090e0b89d',
  },
  {
    what: 'the same where AltGr hides it',
    on: 'windows',
    steps: [
      ['down', 'ControlLeft', { key: 'Control', flags: 'ctrl' }],
      ['wait', 500],
      ...altGrPair,
      ...tap('KeyQ', '@', 'altGraph'),
      ['up', 'AltRight', { key: 'AltGraph', flags: 'ctrl' }],
      ['up', 'ControlLeft', 'Control'],
    ],
    right: '1de0381090e0b89d',
  },
  {
    what: 'Ctrl alone',
    on: 'windows',
    steps: [
      ['down', 'ControlLeft', { key: 'Control', flags: 'ctrl' }],
      ['wait', 20],
      ['up', 'ControlLeft', 'Control'],
    ],
    right: '1d9d',
  },
  {
    what: 'Ctrl+C in a hurry',
    on: 'windows',
    steps: [
      ['down', 'ControlLeft', { key: 'Control', flags: 'ctrl' }],
      ['wait', 5],
      ...tap('KeyC', 'c', 'ctrl'),
      ['up', 'ControlLeft', 'Control'],
    ],
    right: '1d2eae9d',
  },
  {
    what: 'Ctrl and a click in a hurry',
    on: 'windows',
    steps: [
      ['down', 'ControlLeft', { key: 'Control', flags: 'ctrl' }],
      ['pointer', true, 'ctrl'],
      ['pointer', false, 'ctrl'],
      ['up', 'ControlLeft', 'Control'],
    ],
    right: '1d9d',
  },
  {
    what: 'Ctrl waits for AltGr and the focus goes',
    on: 'windows',
    steps: [['down', 'ControlLeft', { key: 'Control', flags: 'ctrl' }], ['blur'], ['wait', 100]],
    right: '',
  },
  {
    what: 'Ctrl and the left Alt are both sent, also where the browser calls them AltGraph',
    on: 'windows',
    steps: [
      ['down', 'ControlLeft', { key: 'Control', flags: 'ctrl' }],
      ['wait', 100],
      ['down', 'AltLeft', { key: 'Alt', flags: ALTGR }],
      ...tap('Delete', 'Delete', ALTGR),
      ['up', 'AltLeft', { key: 'Alt', flags: 'ctrl' }],
      ['up', 'ControlLeft', 'Control'],
    ],
    right: '1d38e053e0d3b89d',
  },
  {
    what: 'Print Screen with both events',
    on: 'windows',
    steps: [...tap('PrintScreen', 'PrintScreen'), ...tap('PrintScreen', 'PrintScreen')],
    right: 'e037e0b7e037e0b7',
  },
  {
    what: 'Print Screen with a keyup only',
    on: 'windows',
    steps: [
      ['up', 'PrintScreen', 'PrintScreen'],
      ['up', 'PrintScreen', 'PrintScreen'],
    ],
    right: 'e037e0b7e037e0b7',
  },
  {
    what: 'Print Screen whose keyup comes after a loss of focus is pressed once',
    on: 'windows',
    steps: [['down', 'PrintScreen', 'PrintScreen'], ['blur'], ['up', 'PrintScreen', 'PrintScreen']],
    right: 'e037e0b7',
  },
  {
    what: 'injected letters have no code',
    on: 'windows',
    steps: [...tap('', 'A'), ...tap('', 'a'), ...tap('', '$'), ...tap('', 'é')],
    right: '«A»«a»«$»«é»',
  },
  {
    what: 'a shortcut without codes is keys',
    on: 'windows',
    steps: tap('', 'c', 'ctrl'),
    right: '1d2eae9d',
  },
];

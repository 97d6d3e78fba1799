import { registerMicrophone } from './microphone-worklet.ts';
import { registerSpeaker } from './speaker.ts';

registerSpeaker();
registerMicrophone();

import { registerSpeaker } from './speaker.ts';

registerSpeaker();

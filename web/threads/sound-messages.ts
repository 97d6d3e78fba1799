/** From the playback channel's worker straight to the worklet. */
export type ToSpeaker =
  | { kind: 'start'; rate: number }
  /** `afterGap`: something between was left out. `time`: multimedia time of the first frame */
  | {
      kind: 'samples';
      left: Float32Array<ArrayBuffer>;
      right: Float32Array<ArrayBuffer>;
      time: number;
      afterGap: boolean;
    }
  | { kind: 'stop' }
  /** seconds */
  | { kind: 'latency'; seconds: number }
  /** the guest's mixer, 0 to 1 */
  | { kind: 'gain'; left: number; right: number };

/** From the worklet back, about ten times a second while it runs. */
export interface SpeakerReport {
  /** frames that it ever got */
  readonly received: number;
  /** seconds that wait to be played, and that should */
  readonly level: number;
  readonly target: number;
  readonly underruns: number;
  /** multimedia time of what is played now */
  readonly heard: number | undefined;
}

/** From the main thread to the worklet: the port for both. */
export interface SpeakerConnection {
  readonly port: MessagePort;
}

export const SPEAKER_NAME = 'spice-speaker';

/** From the microphone's worklet to the record channel's worker: ten milliseconds. */
export interface MicrophoneSamples {
  readonly left: Float32Array<ArrayBuffer>;
  readonly right: Float32Array<ArrayBuffer>;
}

export const MICROPHONE_NAME = 'spice-microphone';

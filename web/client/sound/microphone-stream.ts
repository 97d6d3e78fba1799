/** Browsers give microphones to secure pages (https, localhost) only. */
export function canRecord(): boolean {
  return 'AudioWorkletNode' in globalThis && navigator.mediaDevices?.getUserMedia !== undefined;
}

/**
 * Echo is cancelled, as nothing in the guest can know what this loudspeaker plays. Noise and level are left to the
 * guest's own programs and its mixer.
 */
function constraints(channels: number): MediaStreamConstraints {
  return {
    audio: {
      echoCancellation: true,
      noiseSuppression: false,
      autoGainControl: false,
      channelCount: { ideal: channels },
    },
  };
}

/** @throws what getUserMedia throws: a DOMException */
export function openMicrophone(channels: number): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia(constraints(channels));
}

export function closeMicrophone(stream: MediaStream): void {
  stream.getTracks().forEach((track) => track.stop());
}

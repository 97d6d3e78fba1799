/** Bits of ANNOUNCE_CAPABILITIES (docs/protocol/agent.md#capabilities). */
export const agentCapability = {
  mouseState: 0,
  monitorsConfig: 1,
  reply: 2,
  /** the old clipboard without grabs */
  clipboard: 3,
  displayConfig: 4,
  clipboardByDemand: 5,
  clipboardSelection: 6,
  sparseMonitorsConfig: 7,
  guestLineendLf: 8,
  guestLineendCrlf: 9,
  maxClipboard: 10,
  audioVolumeSync: 11,
  monitorsConfigPosition: 12,
  fileXferDisabled: 13,
  fileXferDetailedErrors: 14,
  graphicsDeviceInfo: 15,
  clipboardNoReleaseOnRegrab: 16,
  clipboardGrabSerial: 17,
} as const;

/** What we announce: what native clients do. */
export const clientAgentCapabilities: readonly number[] = [
  agentCapability.mouseState,
  agentCapability.monitorsConfig,
  agentCapability.reply,
  agentCapability.displayConfig,
  agentCapability.clipboardByDemand,
  agentCapability.clipboardSelection,
  agentCapability.monitorsConfigPosition,
  agentCapability.fileXferDetailedErrors,
  agentCapability.clipboardNoReleaseOnRegrab,
  agentCapability.clipboardGrabSerial,
];

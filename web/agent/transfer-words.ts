import {
  fileTransferResult,
  type AgentMessageValue,
} from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import { Reader } from '@spice-viewer/shared-protocol/wire/reader.ts';
import { formatBytes } from '../common/format-bytes.ts';

/** GIOErrorEnum, as far as a file that is being written meets it. */
const gioErrors: Readonly<Record<number, string>> = {
  2: 'a file of that name exists already',
  9: 'its name is too long for the guest',
  10: 'its name is not allowed in the guest',
  12: "the guest's disk is full",
  14: 'the guest does not permit to write there',
  21: 'the guest can only read there',
};

/** Why the guest refused or ended a transfer, as a sentence for the user. */
export function statusSentence({ result, detail }: AgentMessageValue<'fileXferStatus'>): string {
  const reader = new Reader(detail);
  switch (result) {
    case fileTransferResult.notEnoughSpace: {
      if (reader.remaining < 8) return "The guest's disk has not enough space.";
      const { hi, lo } = reader.u64();
      const free = formatBytes(hi * 2 ** 32 + lo);
      return `The guest's disk has not enough space: ${free} are free.`;
    }
    case fileTransferResult.error: {
      // A domain byte (0 is GIO), then the code.
      const known = reader.remaining >= 5 && reader.u8() === 0 ? gioErrors[reader.u32()] : undefined;
      if (known !== undefined) return `The guest could not write the file: ${known}.`;
      return 'The guest could not write the file. Its disk may be full or its folder not writable.';
    }
    case fileTransferResult.sessionLocked:
      return "The guest's session is locked. Unlock it and send the file again.";
    case fileTransferResult.agentNotConnected:
      return 'Nobody is logged in at the guest, or its agent has ended. Log in and send the file again.';
    case fileTransferResult.disabled:
      return 'The guest does not accept files.';
    default:
      return `The guest ended the transfer (result ${result}).`;
  }
}

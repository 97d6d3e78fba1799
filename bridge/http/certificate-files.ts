import { readFileSync } from 'node:fs';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { BridgeError } from '../errors/bridge-error.ts';

/** What `tls.Server.setSecureContext` takes. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** When its validity ends. */
  readonly until: Date;
}

/** @throws {BridgeError} `certificate-file`, naming the file and the reason but nothing of the content */
export function readCertificate(certFile: string, keyFile: string): Certificate {
  const cert = read(certFile);
  const key = read(keyFile);
  const certificate = parse(certFile, 'holds no certificate in PEM', () => new X509Certificate(cert));
  const privateKey = parse(keyFile, 'holds no private key in PEM without a passphrase', () =>
    createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new BridgeError('certificate-file', `${keyFile}: not the key of ${certFile}.`);
  }
  return { cert, key, until: new Date(certificate.validTo) };
}

export interface CertificateWatchOptions {
  readonly certFile: string;
  readonly keyFile: string;
  /** Milliseconds between looks. Not by fs.watch, which loses files that are replaced by links, as Kubernetes does. */
  readonly interval?: number;
  readonly onChange: (certificate: Certificate) => void;
  /** The new files cannot be used; the old ones stay in use. Once for each state of the files. */
  readonly onError: (error: BridgeError) => void;
}

/** Reads certificate and key again when they change. */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  readonly #timer: NodeJS.Timeout;
  /** Both files' content. */
  #seen: string;

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
    this.#seen = this.#content();
    this.#timer = setInterval(() => this.look(), options.interval ?? 5000).unref();
  }

  /** Looks now. */
  look(): void {
    const { certFile, keyFile, onChange, onError } = this.#options;
    const content = this.#content();
    if (content === this.#seen) return;
    this.#seen = content;
    try {
      onChange(readCertificate(certFile, keyFile));
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      onError(error);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #content(): string {
    const { certFile, keyFile } = this.#options;
    return [certFile, keyFile]
      .map((file) => {
        try {
          return readFileSync(file, 'latin1');
        } catch (error) {
          return String((error as NodeJS.ErrnoException).code);
        }
      })
      .join('\0');
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? 'does not exist' : 'cannot be read';
    throw new BridgeError('certificate-file', `${file}: ${reason}.`, { cause: error });
  }
}

function parse<T>(file: string, reason: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new BridgeError('certificate-file', `${file}: ${reason}.`, { cause: error });
  }
}

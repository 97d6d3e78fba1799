/** A file and where it lies below what was dropped or picked, `/` between folders. */
export interface FoundFile {
  readonly file: File;
  readonly path: string;
}

/** Whether a drag carries files. */
export function hasFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer !== null && transfer.types.includes('Files');
}

/** All files of a drop, those in folders too. Must be called in the drop event itself, which owns the items. */
export function droppedFiles(transfer: DataTransfer): Promise<FoundFile[]> {
  const found = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  return Promise.all(
    found.map(async (one) => {
      const files: FoundFile[] = [];
      if (one instanceof File) files.push({ file: one, path: one.name });
      else if (one !== null) await addFilesBelow(one, files);
      return files;
    }),
  ).then((lists) => lists.flat());
}

async function addFilesBelow(entry: FileSystemEntry, found: FoundFile[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    found.push({ file, path });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // Browsers give the entries in portions; an empty one is the last.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (entries.length === 0) return;
    for (const one of entries) await addFilesBelow(one, found);
  }
}

/** Lets the user pick files, or with `folder` a folder; empty when the user does not. */
export function pickFiles(folder: boolean): Promise<FoundFile[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.webkitdirectory = folder;
    input.addEventListener('change', () =>
      resolve(
        Array.from(input.files ?? [], (file) => ({ file, path: file.webkitRelativePath || file.name })),
      ),
    );
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

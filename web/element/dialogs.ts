// What asks the user for something, as one file that comes when it is needed.
export { clipboardDialog } from './clipboard-dialog.ts';
export { passwordDialog } from './password-dialog.ts';

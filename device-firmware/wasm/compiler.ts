// Compiling a Boron project to what the fleet of the local cloud runs.
export { CompileError, compileProject, productVersionOf, type Sources } from './compile-firmware.ts';
export { type FirmwareSection, firmwareSectionOf, withFirmwareSection } from './firmware-section.ts';

/** A dependency of another package, without types. */
declare module 'adm-zip' {
  export default class AdmZip {
    constructor(bytes: Uint8Array)
    getEntries(): { entryName: string; getData(): Uint8Array }[]
    readAsText(name: string): string
    readFile(name: string): Uint8Array | null
  }
}

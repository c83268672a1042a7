/** Anchors of one page's headings as Git hosts make them: lower case, words joined by hyphens, other signs left out; the second of a name gets `-1`. */
export class Anchors {
  readonly #taken = new Map<string, number>();

  of(heading: string): string {
    const plain = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const times = this.#taken.get(plain) ?? 0;
    this.#taken.set(plain, times + 1);
    return times === 0 ? plain : `${plain}-${times}`;
  }
}

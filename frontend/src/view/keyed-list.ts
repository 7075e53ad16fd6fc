/** A list that news keeps changing, whose lines stay the same elements for as long as they say the same.
 *
 * A line that is put in anew takes the focus away, and a press that has begun on it never becomes a click.
 */

export class KeyedList<Item> {
  #lines = new Map<string, HTMLElement>();

  constructor(
    readonly list: HTMLElement,
    /** A line is made anew where its item is another, or the language is. */
    readonly make: (item: Item) => HTMLElement,
  ) {}

  show(items: readonly Item[]): void {
    const lines = new Map<string, HTMLElement>();
    for (const item of items) {
      const key = `${document.documentElement.lang} ${JSON.stringify(item)}`;
      lines.set(key, this.#lines.get(key) ?? this.make(item));
    }
    for (const [key, line] of this.#lines) if (!lines.has(key)) line.remove();
    let next = this.list.firstElementChild;
    for (const line of lines.values()) {
      if (line === next) next = next.nextElementSibling;
      else this.list.insertBefore(line, next);
    }
    this.#lines = lines;
  }
}

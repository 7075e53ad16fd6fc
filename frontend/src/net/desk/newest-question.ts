/** Questions of one kind, of which only the newest matters. Invariant: an older answer never replaces what a newer one showed. */
export class NewestQuestion {
  #asked = 0;

  /** The answer; null where another question was asked, or this one was dropped, before it came. */
  async of<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
    this.drop();
    const mine = this.#asked;
    const told = await answer;
    return mine === this.#asked ? told : null;
  }

  /** What is on its way answers nothing that is still asked. */
  drop(): void {
    this.#asked += 1;
  }
}

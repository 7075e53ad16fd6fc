import { expect, test } from "vitest";
import { NewestQuestion } from "../../src/net/desk/newest-question";

function question() {
  let answer: (words: string) => void = () => undefined;
  const asked = new Promise<string>((resolve) => {
    answer = resolve;
  });
  return { asked, answer };
}

test("an answer is told", async () => {
  expect(await new NewestQuestion().of(Promise.resolve("yes"))).toBe("yes");
});

test("of two, only the newer is told, whichever is answered first", async () => {
  for (const order of [[0, 1] as const, [1, 0] as const]) {
    const newest = new NewestQuestion();
    const questions = [question(), question()];
    const told = questions.map(({ asked }) => newest.of(asked));
    for (const index of order) questions[index]?.answer(String(index));
    expect(await Promise.all(told)).toEqual([null, "1"]);
  }
});

test("what was dropped is not told, and a later one is", async () => {
  const newest = new NewestQuestion();
  const { asked, answer } = question();
  const told = newest.of(asked);
  newest.drop();
  answer("old");
  expect(await told).toBeNull();
  expect(await newest.of(Promise.resolve("new"))).toBe("new");
});

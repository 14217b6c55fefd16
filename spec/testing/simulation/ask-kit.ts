// What specs of the model ask again and again.

/** What came of a request: "done", the code of the refusal, or that of the error. */
export function codeOf(answer: Promise<object>): Promise<string> {
  return answer.then(
    (given) => (given as { readonly refused?: string }).refused ?? "done",
    (error: Error & { readonly code: string }) => error.code,
  );
}

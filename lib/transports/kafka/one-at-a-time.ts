/**
 * Does `act` behind the turn in which it is asked for, once for all who ask; who asks while it is being done has it done once more behind
 * that. Where it throws, `failed` is told, and nothing more is done.
 */
export function oneAtATime(act: () => Promise<void>, failed: (error: Error) => void): () => void {
  let isWanted = false;
  let isUnderWay = false;
  const work = async (): Promise<void> => {
    await Promise.resolve();
    while (isWanted) {
      isWanted = false;
      await act();
    }
    isUnderWay = false;
  };
  return () => {
    isWanted = true;
    if (isUnderWay) return;
    isUnderWay = true;
    work().catch(failed);
  };
}

/** The streams of generate.ts, drawn alike; the checksum tells whether they are. */
final class Stream {
  private static final String LETTERS = "ABCDEFGHIJKLMNO";
  private static final int NOISE = 500_000;

  final int events;
  final int warm;
  final int tail;
  final String[] type;
  final int[] key;
  final long[] ts;
  final double[] value;
  private int state;

  private Stream(int seed, int events, int warm, int tail, int perMs, int atMost) {
    this.state = seed;
    this.events = Math.min(events, atMost);
    this.warm = warm < this.events ? warm : this.events / 2;
    this.tail = tail;
    type = new String[this.events];
    key = new int[this.events];
    ts = new long[this.events];
    value = new double[this.events];
    for (int i = 0; i < this.events; i++) {
      ts[i] = i / perMs;
      value[i] = i % 1_000;
    }
  }

  static Stream of(String name, int atMost) {
    switch (name) {
      case "W1a": return new Stream(1001, 2_200_000, 200_000, 0, 10, atMost).letters(10_000, "ABC", 10, 10_000);
      case "W1b": return new Stream(1002, 4_000_000, 2_000_000, 0, 200, atMost).letters(1_000_000, "ABC", 4, 1_000_000);
      case "W2": return new Stream(1003, 2_500_000, 500_000, 0, 100, atMost).smallAndLarge();
      case "W3k3": return new Stream(1033, 1_001_000, 200, 0, 1, atMost).letters(9);
      case "W3k5": return new Stream(1035, 1_001_000, 200, 0, 1, atMost).letters(11);
      case "W5": return new Stream(1005, 3_000_000, 1_000_000, 0, 100, atMost).letters(100_000, "AB", 10, 100_000);
      case "W6": return new Stream(1006, 2_200_000, 200_000, 0, 10, atMost).prices();
      case "W7": return new Stream(1007, 1_000_000, 0, 0, 200, atMost).openKeys();
      case "W9": return new Stream(1091, 1_000_000, 200_000, 0, 100, atMost).pairsOfValues();
      case "W10": return new Stream(1101, 200_000, 100_000, 0, 10, atMost).anyValues();
      case "W11s": return new Stream(1001, 2_200_000, 200_000, 0, 10, atMost).letters(10_000, "ABC", 10, 100);
      default: return openRuns(Integer.parseInt(name.substring(3)), atMost);
    }
  }

  int checksum() {
    int sum = 17;
    for (int i = 0; i < events; i++) sum = sum * 31 + (type[i].charAt(0) * 7 + key[i] + (int) ts[i] + (int) value[i]);
    return sum;
  }

  private int draw(int below) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Integer.remainderUnsigned(state, below);
  }

  private Stream letters(int keys, String taken, int outOf, int fold) {
    for (int i = 0; i < events; i++) {
      key[i] = draw(keys) % fold;
      int at = draw(outOf);
      type[i] = at < taken.length() ? letter(taken, at) : "X";
    }
    return this;
  }

  private Stream letters(int count) {
    for (int i = 0; i < events; i++) type[i] = letter(LETTERS, draw(count));
    return this;
  }

  /** Equal letters are one string, as they would be constants of a program. */
  private static String letter(String letters, int at) {
    return String.valueOf(letters.charAt(at)).intern();
  }

  private Stream smallAndLarge() {
    for (int i = 0; i < events; i++) {
      key[i] = draw(100_000);
      int kind = draw(100);
      int drawn = draw(1 << 30);
      value[i] = kind < 5 ? drawn % 10 : kind < 10 ? 1_001 + drawn % 9_000 : 10 + drawn % 990;
      type[i] = "T";
    }
    return this;
  }

  private Stream prices() {
    double[] priceOf = new double[1_000];
    java.util.Arrays.fill(priceOf, 100_000);
    for (int i = 0; i < events; i++) {
      key[i] = draw(1_000);
      priceOf[key[i]] += draw(21) - 10;
      value[i] = priceOf[key[i]];
      type[i] = "P";
    }
    return this;
  }

  private Stream openKeys() {
    for (int i = 0; i < events; i++) {
      key[i] = i;
      type[i] = "A";
    }
    return this;
  }

  private Stream pairsOfValues() {
    for (int i = 0; i < events; i++) {
      type[i] = draw(2) == 0 ? "A" : "B";
      value[i] = draw(100_000);
    }
    return this;
  }

  private Stream anyValues() {
    for (int i = 0; i < events; i++) {
      type[i] = "P";
      value[i] = draw(1_000_000);
    }
    return this;
  }

  private static Stream openRuns(int firsts, int atMost) {
    int warm = firsts + 3;
    int events = warm + Math.max(0, Math.min(NOISE, atMost - warm - 1)) + 1;
    Stream stream = new Stream(1, events, warm, 1, 1, Integer.MAX_VALUE);
    for (int i = 0; i < events; i++) stream.type[i] = i < firsts ? "A" : i < warm ? "B" : i < events - 1 ? "X" : "C";
    return stream;
  }
}

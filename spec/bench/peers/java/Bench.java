import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Locale;

/**
 * One engine on one workload, in a process of its own: says what it is ready for, then answers each line with a line of JSON,
 * as contender-process.ts does. Arguments: the class of the engine, the workload, its stream, how many events at most.
 */
final class Bench {
  private final Peer peer;
  private final String workload;
  private final Stream stream;
  private final Object[] events;

  private Bench(Peer peer, String workload, Stream stream, boolean makesEvents) {
    this.peer = peer;
    this.workload = workload;
    this.stream = stream;
    events = new Object[makesEvents ? stream.events : 0];
    for (int i = 0; i < events.length; i++) events[i] = peer.nativeEvent(stream, i);
  }

  public static void main(String[] words) throws Exception {
    Peer peer = (Peer) Class.forName(words[0]).getDeclaredConstructor().newInstance();
    boolean isOpenKeys = words[1].equals("W7");
    int atMost = words[3].equals("Infinity") ? Integer.MAX_VALUE : Integer.parseInt(words[3]);
    Stream stream = Stream.of(words[2], atMost);
    Bench bench = new Bench(peer, words[1], stream, !isOpenKeys);
    java.io.PrintStream out = System.out;
    System.setOut(System.err); // Whatever an engine prints is no answer.
    out.printf("{\"checksum\":%d,\"events\":%d,\"warm\":%d,\"tail\":%d}%n", stream.checksum(), stream.events, stream.warm, stream.tail);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] asked = line.split(" ");
      out.println(bench.answer(asked));
    }
    System.exit(0); // Engines leave threads behind.
  }

  private String answer(String[] asked) throws Exception {
    switch (asked[0]) {
      case "repeat": return repeat(Long.parseLong(asked[1]), Long.parseLong(asked[2]));
      case "pause": return pause(Long.parseLong(asked[1]));
      case "bytes": return bytes();
      default: return "null";
    }
  }

  private String repeat(long limitMs, long warmLimitMs) throws Exception {
    peer.start(workload);
    System.gc();
    int end = stream.events - stream.tail;
    long startedAt = System.nanoTime();
    int fed = feed(0, stream.warm, warmLimitMs);
    long ms = System.nanoTime() - startedAt;
    boolean isWarm = fed == stream.warm;
    int timed = fed;
    if (isWarm) {
      startedAt = System.nanoTime();
      fed = feed(stream.warm, end, limitMs);
      ms = System.nanoTime() - startedAt;
      timed = fed - stream.warm;
    }
    for (int i = end; i < stream.events; i++) peer.on(events[i], stream.ts[i]);
    peer.end(stream.ts[stream.events - 1] + 1_000_000);
    long matches = peer.matches();
    peer.stop();
    String stopped = !isWarm ? "\"warm part\"" : fed < end ? "\"timed part\"" : "null";
    return String.format(Locale.ROOT, "{\"fed\":%d,\"stopped\":%s,\"timedEvents\":%d,\"ms\":%.3f,\"matches\":%d}", fed, stopped, timed, ms / 1e6, matches);
  }

  /** Feeds up to {@code to}, or until the time is over; looks at the clock after each millisecond or 1,024 events. */
  private int feed(int from, int to, long limitMs) throws Exception {
    long startedAt = System.nanoTime();
    long last = startedAt;
    int chunk = 1;
    int index = from;
    while (index < to && last - startedAt <= limitMs * 1_000_000) {
      int until = Math.min(to, index + chunk);
      for (; index < until; index++) peer.on(events[index], stream.ts[index]);
      long now = System.nanoTime();
      if (now - last < 1_000_000) chunk = Math.min(1_024, chunk * 2);
      else if (chunk > 1 && now - last > 4_000_000) chunk /= 2;
      last = now;
    }
    return index;
  }

  private String pause(long limitMs) throws Exception {
    peer.start(workload);
    System.gc();
    long startedAt = System.nanoTime();
    long last = startedAt;
    long longest = 0;
    for (int i = 0; i < stream.events && last - startedAt < limitMs * 1_000_000; i++) {
      peer.on(events[i], stream.ts[i]);
      long now = System.nanoTime();
      longest = Math.max(longest, now - last);
      last = now;
    }
    peer.stop();
    return String.format(Locale.ROOT, "%.3f", longest / 1e6);
  }

  private String bytes() throws Exception {
    peer.start(workload);
    peer.on(peer.nativeEvent(stream, 0), stream.ts[0]);
    long before = bytesInUse();
    for (int i = 1; i < stream.events; i++) peer.on(peer.nativeEvent(stream, i), stream.ts[i]);
    long after = bytesInUse();
    peer.stop();
    return String.format(Locale.ROOT, "%.1f", (after - before) / (double) (stream.events - 1));
  }

  private static long bytesInUse() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}

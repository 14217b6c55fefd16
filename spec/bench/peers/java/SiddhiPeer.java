import io.siddhi.core.SiddhiAppRuntime;
import io.siddhi.core.SiddhiManager;
import io.siddhi.core.event.Event;
import io.siddhi.core.stream.input.InputHandler;
import io.siddhi.core.stream.output.StreamCallback;

/** Siddhi. Its bounds of time are inclusive, so each is a millisecond less. */
final class SiddhiPeer implements Peer {
  private static final String STREAM = "define stream E (type string, key int, ts long, value double);\n";
  private static final String OUT = " select e1.ts as s insert into Out;\n";

  private SiddhiManager manager;
  private SiddhiAppRuntime runtime;
  private InputHandler input;
  private boolean hasDeadlines;
  private long matches;

  @Override public Object nativeEvent(Stream stream, int index) {
    return new Object[] {stream.type[index], stream.key[index], stream.ts[index], stream.value[index]};
  }

  @Override public void start(String workload) throws Exception {
    matches = 0;
    hasDeadlines = workload.equals("W5");
    manager = new SiddhiManager();
    runtime = manager.createSiddhiAppRuntime(app(workload));
    runtime.addCallback("Out", new StreamCallback() {
      @Override public void receive(Event[] found) {
        matches += found.length;
      }
    });
    runtime.start();
    input = runtime.getInputHandler("E");
  }

  @Override public void on(Object event, long ts) throws Exception {
    input.send(ts, (Object[]) event);
  }

  @Override public void end(long ts) throws Exception {
    if (!hasDeadlines) return;
    input.send(ts, new Object[] {"X", 0, ts, 0.0});
    Thread.sleep(1_500); // Its timers fire on threads of their own.
  }

  @Override public long matches() {
    return matches;
  }

  @Override public void stop() {
    runtime.shutdown();
    manager.shutdown();
  }

  private static String app(String workload) {
    String family = workload.split("-")[0];
    int size = workload.contains("-") ? Integer.parseInt(workload.split("-")[1]) : 0;
    switch (family) {
      case "W1a": case "W1b": case "W7":
        return STREAM + perKey("every e1=E[type=='A'] -> e2=E[type=='B'] -> e3=E[type=='C'] within 9999 milliseconds");
      case "W2":
        return STREAM + perKey("every e1=E[value < 10.0], e2=E[value > 1000.0] within 9999 milliseconds");
      case "W3k3":
        return STREAM + query("every e1=E[type=='A'] -> every e2=E[type=='B'] -> every e3=E[type=='C'] within 99 milliseconds");
      case "W3k5":
        return STREAM + query("every e1=E[type=='A'] -> every e2=E[type=='B'] -> every e3=E[type=='C'] -> every e4=E[type=='D'] -> every e5=E[type=='E'] within 99 milliseconds");
      case "W4":
        return STREAM + query("every e1=E[type=='A'] -> e2=E[type=='B']<1:> -> e3=E[type=='C'] within 1 hour");
      case "W5":
        return "@app:playback " + STREAM + perKey("every e1=E[type=='A'] -> not E[type=='B'] for 10 sec");
      case "W6":
        return STREAM + perKey("every e1=E, e2=E[(e2[last].value is null and value > e1.value) or (not (e2[last].value is null) and value > e2[last].value)]+, e3=E[value < e2[last].value]");
      case "W9":
        return STREAM + query("every e1=E[type=='A'] -> every e2=E[type=='B' and value==e1.value] within " + (size - 1) + " milliseconds");
      case "W10":
        return STREAM + query("every e1=E -> every e2=E[value > e1.value + 990000.0] within " + (size - 1) + " milliseconds");
      default:
        StringBuilder text = new StringBuilder(STREAM);
        for (int i = 0; i < size; i++) {
          String keys = " and key >= " + 10 * i + " and key <= " + (10 * i + 9) + "]";
          text.append(query("every e1=E[type=='A'" + keys + " -> e2=E[type=='B'" + keys + " -> e3=E[type=='C'" + keys + " within 9999 milliseconds"));
        }
        return text.toString();
    }
  }

  private static String query(String text) {
    return "from " + text + OUT;
  }

  private static String perKey(String text) {
    return "partition with (key of E) begin\n" + query(text) + "end;\n";
  }
}

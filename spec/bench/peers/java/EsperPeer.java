import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.EventSender;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompilerProvider;
import com.espertech.esper.runtime.client.EPEventService;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPRuntimeProvider;
import java.util.ArrayList;
import java.util.List;

/** Esper, with events as arrays and a clock that events move. Statements are compiled once, and deployed anew. */
final class EsperPeer implements Peer {
  private static final String[] NAMES = {"type", "key", "ts", "value"};
  private static final Object[] TYPES = {String.class, int.class, long.class, double.class};

  private List<EPCompiled> compiled;
  private EPRuntime runtime;
  private EPEventService service;
  private EventSender sender;
  private long matches;
  private long now;
  private int runtimes;

  @Override public Object nativeEvent(Stream stream, int index) {
    return new Object[] {stream.type[index], stream.key[index], stream.ts[index], stream.value[index]};
  }

  @Override public void start(String workload) throws Exception {
    Configuration configuration = new Configuration();
    configuration.getCommon().addEventType("E", NAMES, TYPES);
    configuration.getRuntime().getThreading().setInternalTimerEnabled(false);
    configuration.getRuntime().getExecution().setDisableLocking(true);
    if (compiled == null) {
      compiled = new ArrayList<>();
      for (String text : statements(workload)) {
        compiled.add(EPCompilerProvider.getCompiler().compile("@public " + text, new CompilerArguments(configuration)));
      }
    }
    matches = 0;
    now = -1;
    runtime = EPRuntimeProvider.getRuntime("bench-" + runtimes++, configuration);
    runtime.initialize();
    service = runtime.getEventService();
    service.clockExternal();
    service.advanceTime(0);
    for (EPCompiled each : compiled) {
      runtime.getDeploymentService().deploy(each).getStatements()[0].addListener((found, old, statement, source) -> {
        if (found != null) matches += found.length;
      });
    }
    sender = service.getEventSender("E");
  }

  @Override public void on(Object event, long ts) {
    if (ts != now) service.advanceTime(now = ts);
    sender.sendEvent(event);
  }

  @Override public void end(long ts) {
    service.advanceTime(ts);
  }

  @Override public long matches() {
    return matches;
  }

  @Override public void stop() {
    runtime.destroy();
  }

  private static List<String> statements(String workload) {
    String family = workload.split("-")[0];
    int size = workload.contains("-") ? Integer.parseInt(workload.split("-")[1]) : 0;
    switch (family) {
      case "W1a": case "W1b": case "W7":
        return List.of(pattern("a=E(type='A') -> (b=E(type='B', key=a.key) -> c=E(type='C', key=a.key)) where timer:within(10 sec)"));
      case "W2":
        return List.of("select * from E match_recognize (partition by key measures S.ts as s, B.ts as t pattern (S B) define S as S.value < 10, B as B.value > 1000 and B.ts - S.ts < 10000)");
      case "W3k3":
        return List.of(pattern("a=E(type='A') -> (every b=E(type='B') -> every c=E(type='C')) where timer:within(100 msec)"));
      case "W3k5":
        return List.of(pattern("a=E(type='A') -> (every b=E(type='B') -> every c=E(type='C') -> every d=E(type='D') -> every e=E(type='E')) where timer:within(100 msec)"));
      case "W4":
        return List.of(pattern("a=E(type='A') -> (b=E(type='B') until c=E(type='C')) where timer:within(1 hour)"));
      case "W5":
        return List.of(pattern("a=E(type='A') -> (timer:interval(10 sec) and not E(type='B', key=a.key))"));
      case "W6":
        return List.of("select * from E match_recognize (partition by key measures S.ts as s, D.ts as t after match skip past last row pattern (S U+ D) define U as U.value > prev(U.value), D as D.value < prev(D.value))");
      case "W9":
        return List.of(pattern("a=E(type='A') -> (every b=E(type='B', value=a.value)) where timer:within(" + size + " msec)"));
      case "W10":
        return List.of(pattern("a=E -> (every b=E(value > a.value + 990000)) where timer:within(" + size + " msec)"));
      default:
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          String keys = "key between " + 10 * i + " and " + (10 * i + 9);
          texts.add(pattern("a=E(type='A', " + keys + ") -> (b=E(type='B', " + keys + ") -> c=E(type='C', " + keys + ")) where timer:within(10 sec)"));
        }
        return texts;
    }
  }

  private static String pattern(String text) {
    return "select a.ts as s from pattern [every " + text + "]";
  }
}

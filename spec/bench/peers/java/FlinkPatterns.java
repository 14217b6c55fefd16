import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;

/** What the workloads look for, in the words of Flink CEP. */
final class FlinkPatterns {
  private FlinkPatterns() {}

  static List<Pattern<Event, ?>> of(String workload) {
    String family = workload.split("-")[0];
    int size = workload.contains("-") ? Integer.parseInt(workload.split("-")[1]) : 0;
    switch (family) {
      case "W1a": case "W1b": case "W7": return List.of(threeInARow(0, Integer.MAX_VALUE));
      case "W2":
        return List.of(Pattern.<Event>begin("small").where(new Below(10)).next("large").where(new Above(1_000)).within(Duration.ofSeconds(10)));
      case "W3k3": return List.of(allInOrder(3));
      case "W3k5": return List.of(allInOrder(5));
      case "W4":
        return List.of(begin().followedByAny("b").where(new Is("B")).oneOrMore().allowCombinations().followedByAny("c").where(new Is("C")).within(Duration.ofHours(1)));
      case "W5": return List.of(begin().notFollowedBy("b").where(new Is("B")).within(Duration.ofSeconds(10)));
      case "W6":
        return List.of(Pattern.<Event>begin("start", AfterMatchSkipStrategy.skipPastLastEvent())
            .next("up").where(new Moved(true)).oneOrMore().consecutive().greedy().next("down").where(new Moved(false)));
      case "W9": return List.of(begin().followedByAny("b").where(new SameValue()).within(Duration.ofMillis(size)));
      case "W10":
        return List.of(Pattern.<Event>begin("a").where(new Below(Double.POSITIVE_INFINITY)).followedByAny("b").where(new FarAbove()).within(Duration.ofMillis(size)));
      default:
        List<Pattern<Event, ?>> all = new ArrayList<>();
        for (int i = 0; i < size; i++) all.add(threeInARow(10 * i, 10 * i + 9));
        return all;
    }
  }

  private static Pattern<Event, Event> begin() {
    return Pattern.<Event>begin("a").where(new Is("A"));
  }

  private static Pattern<Event, ?> threeInARow(int low, int high) {
    return Pattern.<Event>begin("a").where(new IsOf("A", low, high)).followedBy("b").where(new IsOf("B", low, high))
        .followedBy("c").where(new IsOf("C", low, high)).within(Duration.ofSeconds(10));
  }

  private static Pattern<Event, ?> allInOrder(int types) {
    Pattern<Event, Event> pattern = begin();
    for (int i = 1; i < types; i++) pattern = pattern.followedByAny("s" + i).where(new Is(String.valueOf((char) ('A' + i))));
    return pattern.within(Duration.ofMillis(100));
  }

  static final class Is extends SimpleCondition<Event> {
    private final String type;
    Is(String type) { this.type = type; }
    @Override public boolean filter(Event event) { return type.equals(event.type); }
  }

  static final class IsOf extends SimpleCondition<Event> {
    private final String type;
    private final int low;
    private final int high;
    IsOf(String type, int low, int high) { this.type = type; this.low = low; this.high = high; }
    @Override public boolean filter(Event event) { return type.equals(event.type) && event.key >= low && event.key <= high; }
  }

  static final class Below extends SimpleCondition<Event> {
    private final double bound;
    Below(double bound) { this.bound = bound; }
    @Override public boolean filter(Event event) { return event.value < bound; }
  }

  static final class Above extends SimpleCondition<Event> {
    private final double bound;
    Above(double bound) { this.bound = bound; }
    @Override public boolean filter(Event event) { return event.value > bound; }
  }

  /** A price above, or below, the one before it. */
  static final class Moved extends IterativeCondition<Event> {
    private final boolean isUp;
    Moved(boolean isUp) { this.isUp = isUp; }
    @Override public boolean filter(Event event, Context<Event> context) throws Exception {
      Event before = null;
      for (Event each : context.getEventsForPattern("up")) before = each;
      if (before == null && isUp) for (Event each : context.getEventsForPattern("start")) before = each;
      return before != null && (isUp ? event.value > before.value : event.value < before.value);
    }
  }

  static final class SameValue extends IterativeCondition<Event> {
    @Override public boolean filter(Event event, Context<Event> context) throws Exception {
      if (!"B".equals(event.type)) return false;
      for (Event first : context.getEventsForPattern("a")) return event.value == first.value;
      return false;
    }
  }

  static final class FarAbove extends IterativeCondition<Event> {
    @Override public boolean filter(Event event, Context<Event> context) throws Exception {
      for (Event first : context.getEventsForPattern("a")) return event.value > first.value + 990_000;
      return false;
    }
  }
}

import java.io.*;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.*;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.*;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.cep.nfa.*;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.nfa.compiler.NFACompiler;
import org.apache.flink.cep.nfa.sharedbuffer.*;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.WithinType;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;
import org.apache.flink.cep.pattern.conditions.IterativeCondition.Context;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.*;

/** Asks the matcher of Flink CEP. A question and an answer are a line of JSON each; see flink.ts beside it. */
public final class AskFlink {
  record Event(int n, String type, long at, Double v, JsonNode json) {}

  public static void main(String[] arguments) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(mapper.writeValueAsString(answer(mapper.readTree(line))));
    }
    System.exit(0);
  }

  static Map<String, String> answer(JsonNode question) {
    try {
      Pattern<Event, ?> pattern = toPattern(question.get("pattern"));
      return ask(pattern, question);
    } catch (Throwable problem) {
      System.err.println(problem);
      return Map.of("refused", problem.getClass().getSimpleName());
    }
  }

  // The pattern.

  static Pattern<Event, ?> toPattern(JsonNode ast) {
    Pattern<Event, ?> pattern = sequence(ast.get("elements"), toSkip(ast.get("skip")));
    JsonNode within = ast.get("withinMs");
    return within.isNull() ? pattern : pattern.within(Duration.ofMillis(within.asLong()));
  }

  static AfterMatchSkipStrategy toSkip(JsonNode skip) {
    return switch (skip.get("to").asText()) {
      case "next" -> AfterMatchSkipStrategy.skipToNext();
      case "pastLast" -> AfterMatchSkipStrategy.skipPastLastEvent();
      case "first" -> AfterMatchSkipStrategy.skipToFirst(skip.get("step").asText());
      case "last" -> AfterMatchSkipStrategy.skipToLast(skip.get("step").asText());
      default -> AfterMatchSkipStrategy.noSkip();
    };
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  static Pattern<Event, ?> sequence(JsonNode elements, AfterMatchSkipStrategy skip) {
    Pattern<Event, Event> at = null;
    for (JsonNode element : elements) {
      boolean isGroup = element.get("kind").asText().equals("group");
      Pattern group = isGroup ? sequence(element.get("elements"), AfterMatchSkipStrategy.noSkip()) : null;
      String name = isGroup ? null : element.get("name").asText();
      String link = at == null ? "begin" : element.get("link").asText();
      at = (Pattern<Event, Event>) (Pattern) switch (link) {
        case "begin" -> isGroup ? Pattern.begin(group, skip) : Pattern.<Event>begin(name, skip);
        case "next" -> isGroup ? at.next(group) : at.next(name);
        case "followedBy" -> isGroup ? at.followedBy(group) : at.followedBy(name);
        case "followedByAny" -> isGroup ? at.followedByAny(group) : at.followedByAny(name);
        case "notNext" -> at.notNext(name);
        default -> at.notFollowedBy(name);
      };
      if (!isGroup) at = at.where(new Holds(element));
      if (element.has("quantifier")) at = quantified(at, element);
      if (element.hasNonNull("forMs")) at = at.within(Duration.ofMillis(element.get("forMs").asLong()), WithinType.PREVIOUS_AND_CURRENT);
    }
    return at;
  }

  static Pattern<Event, Event> quantified(Pattern<Event, Event> at, JsonNode element) {
    JsonNode quantifier = element.get("quantifier");
    int min = quantifier.get("min").asInt();
    Integer max = quantifier.get("max").isNull() ? null : (Integer) quantifier.get("max").asInt();
    Duration gap = element.get("maxGapMs").isNull() ? null : Duration.ofMillis(element.get("maxGapMs").asLong());
    if (!quantifier.get("counted").asBoolean()) {
      if (gap != null) at = at.within(gap, WithinType.PREVIOUS_AND_CURRENT);
    } else if (max == null) at = min == 1 ? at.oneOrMore(gap) : at.timesOrMore(min, gap);
    else at = min == max ? at.times(min, gap) : at.times(min, max, gap);
    if (quantifier.get("inner").asText().equals("next")) at = at.consecutive();
    if (quantifier.get("inner").asText().equals("followedByAny")) at = at.allowCombinations();
    if (quantifier.get("greedy").asBoolean()) at = at.greedy();
    if (quantifier.hasNonNull("until")) at = at.until(new Holds(null, quantifier.get("until")));
    return quantifier.get("optional").asBoolean() ? at.optional() : at;
  }

  /** A condition as data, asked the way an IterativeCondition is. */
  static final class Holds extends IterativeCondition<Event> {
    private final transient JsonNode on;
    private final transient JsonNode condition;

    Holds(JsonNode element) { this(element.get("on"), element.get("condition")); }
    Holds(JsonNode on, JsonNode condition) { this.on = on; this.condition = condition; }

    @Override public boolean filter(Event event, Context<Event> taken) throws Exception {
      if (on != null && !on.isNull()) {
        boolean isOne = false;
        for (JsonNode tag : on) isOne |= tag.asText().equals(event.type());
        if (!isOne) return false;
      }
      return condition == null || condition.isNull() || holds(condition, event, taken);
    }

    private boolean holds(JsonNode part, Event event, Context<Event> taken) throws Exception {
      switch (part.get("kind").asText()) {
        case "not": return !holds(part.get("part"), event, taken);
        case "and": for (JsonNode each : part.get("parts")) if (!holds(each, event, taken)) return false; return true;
        case "or": for (JsonNode each : part.get("parts")) if (holds(each, event, taken)) return true; return false;
        case "oneOf": for (JsonNode each : part.get("options")) if (each.asText().equals(value(part.get("value"), event, taken))) return true; return false;
        case "compare": return compares(part.get("op").asText(), value(part.get("left"), event, taken), value(part.get("right"), event, taken));
        default: throw new IllegalArgumentException("no condition " + part);
      }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static boolean compares(String op, Object left, Object right) {
      if (left == null || right == null || left.getClass() != right.getClass()) return false;
      int order = ((Comparable) left).compareTo(right);
      return switch (op) { case "eq" -> order == 0; case "ne" -> order != 0; case "lt" -> order < 0; case "lte" -> order <= 0; case "gt" -> order > 0; default -> order >= 0; };
    }

    private Object value(JsonNode part, Event event, Context<Event> taken) throws Exception {
      switch (part.get("kind").asText()) {
        case "literal": return part.get("value").isNumber() ? (Object) part.get("value").asDouble() : part.get("value").asText();
        case "count": return (double) list(part, taken).size();
        case "aggregate": return list(part, taken).stream().map(Event::v).filter(Objects::nonNull).mapToDouble(v -> v).sum();
        case "field": {
          JsonNode of = part.get("of");
          Event from = of.get("kind").asText().equals("candidate") ? event : pick(list(of, taken), of.get("at"));
          if (from == null) return null;
          return part.get("path").get(0).asText().equals("type") ? from.type() : from.v();
        }
        default: throw new IllegalArgumentException("no value " + part);
      }
    }

    private static List<Event> list(JsonNode part, Context<Event> taken) throws Exception {
      List<Event> list = new ArrayList<>();
      for (Event event : taken.getEventsForPattern(part.get("step").asText())) list.add(event);
      return list;
    }

    private static Event pick(List<Event> list, JsonNode at) {
      int index = at.isNumber() ? (at.asInt() < 0 ? list.size() + at.asInt() : at.asInt()) : at.asText().equals("last") ? list.size() - 1 : 0;
      return index < 0 || index >= list.size() ? null : list.get(index);
    }
  }

  // The matcher: time goes on in steps of one millisecond, so that what time releases is released when it is due.

  @SuppressWarnings({"unchecked", "rawtypes"})
  static Map<String, String> ask(Pattern<Event, ?> pattern, JsonNode question) throws Exception {
    boolean isTimedOut = question.get("timedOut").asBoolean();
    NFA<Event> nfa = NFACompiler.compileFactory((Pattern<Event, Event>) pattern, isTimedOut).createNFA();
    nfa.open((RuntimeContext) refusing(RuntimeContext.class), new org.apache.flink.configuration.Configuration());
    KeyedStateStore store = (KeyedStateStore) Proxy.newProxyInstance(AskFlink.class.getClassLoader(), new Class[] {KeyedStateStore.class},
        (self, method, given) -> new Kept(new LinkedHashMap<>()));
    SharedBuffer<Event> buffer = new SharedBuffer<>(store, (TypeSerializer) StringSerializer.INSTANCE);
    NFAState state = nfa.createInitialNFAState();
    AfterMatchSkipStrategy skip = pattern.getAfterMatchSkipStrategy();
    List<String> matches = new ArrayList<>();
    List<String> timedOut = new ArrayList<>();
    List<Event> events = new ArrayList<>();
    for (JsonNode each : question.get("events")) {
      events.add(new Event(events.size(), each.get("type").asText(), each.get("at").asLong(), each.has("v") ? each.get("v").asDouble() : null, each));
    }
    long last = events.get(events.size() - 1).at();
    long until = question.get("until").isNull() ? last + 1_000 : question.get("until").asLong();
    int next = 0;
    for (long now = 0; now <= Math.max(last, until); now++) {
      long at = now;
      try (SharedBufferAccessor<Event> accessor = buffer.getAccessor()) {
        var released = nfa.advanceTime(accessor, state, now, skip);
        released.f0.forEach((match) -> matches.add(show(match, at)));
        released.f1.forEach((run) -> timedOut.add(show(run.f0, run.f1)));
      }
      for (; next < events.size() && events.get(next).at() == now; next++) {
        try (SharedBufferAccessor<Event> accessor = buffer.getAccessor()) {
          nfa.process(accessor, state, events.get(next), now, skip, () -> at).forEach((match) -> matches.add(show(match, at)));
        }
      }
    }
    nfa.close();
    buffer.releaseCacheStatisticsTimer();
    String found = matches.isEmpty() ? "none" : String.join(" ", matches);
    return Map.of("found", isTimedOut ? found + "; timed out " + (timedOut.isEmpty() ? "none" : String.join(" ", timedOut)) : found);
  }

  static String show(Map<String, List<Event>> match, long at) {
    List<Event> taken = match.values().stream().flatMap(List::stream).sorted(Comparator.comparingInt(Event::n)).toList();
    StringJoiner shown = new StringJoiner(" ", "{", "}");
    for (Event event : taken) shown.add(event.type() + event.at());
    return shown + (taken.get(taken.size() - 1).at() == at ? "" : "@" + at);
  }

  static Object refusing(Class<?> type) {
    return Proxy.newProxyInstance(AskFlink.class.getClassLoader(), new Class[] {type}, (self, method, given) -> { throw new UnsupportedOperationException(method.getName()); });
  }

  record Kept(Map<Object, Object> map) implements MapState<Object, Object> {
    public Object get(Object key) { return map.get(key); }
    public void put(Object key, Object value) { map.put(key, value); }
    public void putAll(Map<Object, Object> all) { map.putAll(all); }
    public void remove(Object key) { map.remove(key); }
    public boolean contains(Object key) { return map.containsKey(key); }
    public Iterable<Map.Entry<Object, Object>> entries() { return map.entrySet(); }
    public Iterable<Object> keys() { return map.keySet(); }
    public Iterable<Object> values() { return map.values(); }
    public Iterator<Map.Entry<Object, Object>> iterator() { return map.entrySet().iterator(); }
    public boolean isEmpty() { return map.isEmpty(); }
    public void clear() { map.clear(); }
  }
}

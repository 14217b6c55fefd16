import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.cep.nfa.NFA;
import org.apache.flink.cep.nfa.NFAState;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.nfa.compiler.NFACompiler;
import org.apache.flink.cep.nfa.sharedbuffer.SharedBuffer;
import org.apache.flink.cep.nfa.sharedbuffer.SharedBufferAccessor;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.time.TimerService;
import org.apache.flink.configuration.Configuration;

/**
 * The matcher of Flink CEP alone: no runtime, no serialisation, state in plain maps, which is the best that it can be. Calls come
 * in the order in which its operator makes them for events in order of time. Idle keys have no timers here: their deadlines fire
 * at the end.
 */
final class FlinkPeer implements Peer {
  /** What one key holds of one pattern. */
  private static final class Row {
    final NFAState state;
    @SuppressWarnings("unchecked")
    final Map<Object, Object>[] maps = new Map[3];

    Row(NFAState state) {
      this.state = state;
    }
  }

  private final List<Matcher> matchers = new ArrayList<>();
  private boolean isKeyed;
  private Row row;
  private long now;
  private final TimerService timer = () -> now;
  private long matches;

  @Override public Object nativeEvent(Stream stream, int index) {
    return new Event(stream, index);
  }

  @Override public void start(String workload) throws Exception {
    matches = 0;
    isKeyed = !workload.matches("W(3|4|9|10|11).*");
    matchers.clear();
    for (Pattern<Event, ?> pattern : FlinkPatterns.of(workload)) matchers.add(new Matcher(pattern));
  }

  @Override public void on(Object object, long ts) throws Exception {
    now = ts;
    for (Matcher matcher : matchers) matcher.on((Event) object);
  }

  @Override public void end(long ts) throws Exception {
    now = ts;
    for (Matcher matcher : matchers) for (Row each : matcher.rows.values()) matcher.advance(each);
  }

  @Override public long matches() {
    return matches;
  }

  @Override public void stop() throws Exception {
    for (Matcher matcher : matchers) matcher.stop();
    matchers.clear();
  }

  private final class Matcher {
    final Map<Integer, Row> rows = new HashMap<>();
    private final NFA<Event> nfa;
    private final AfterMatchSkipStrategy skip;
    private final SharedBuffer<Event> buffer;
    private int maps;

    @SuppressWarnings({"unchecked", "rawtypes"})
    Matcher(Pattern<Event, ?> pattern) throws Exception {
      skip = pattern.getAfterMatchSkipStrategy();
      nfa = NFACompiler.compileFactory((Pattern<Event, Event>) pattern, false).createNFA();
      nfa.open(stub(RuntimeContext.class), new Configuration());
      buffer = new SharedBuffer<>(stub(KeyedStateStore.class), (TypeSerializer) StringSerializer.INSTANCE);
    }

    /** Gives maps of the row at hand where state is asked for, and nothing else. */
    private <T> T stub(Class<T> type) {
      return type.cast(Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, words) -> {
        if (method.getName().equals("getMapState")) return new RowMap(maps++);
        throw new UnsupportedOperationException(method.getName());
      }));
    }

    void on(Event event) throws Exception {
      Integer key = isKeyed ? event.key : 0;
      row = rows.get(key);
      if (row == null) rows.put(key, row = new Row(nfa.createInitialNFAState()));
      advance(row);
      try (SharedBufferAccessor<Event> accessor = buffer.getAccessor()) {
        Collection<Map<String, List<Event>>> found = nfa.process(accessor, row.state, event, event.ts, skip, timer);
        matches += found.size();
      }
    }

    void advance(Row of) throws Exception {
      row = of;
      try (SharedBufferAccessor<Event> accessor = buffer.getAccessor()) {
        matches += nfa.advanceTime(accessor, of.state, now, skip).f0.size();
      }
    }

    void stop() throws Exception {
      buffer.releaseCacheStatisticsTimer();
      nfa.close();
    }
  }

  /** One map of the row at hand. */
  private final class RowMap implements MapState<Object, Object> {
    private final int index;

    RowMap(int index) {
      this.index = index;
    }

    private Map<Object, Object> read() {
      Map<Object, Object> map = row.maps[index];
      return map == null ? Collections.emptyMap() : map;
    }

    private Map<Object, Object> write() {
      if (row.maps[index] == null) row.maps[index] = new HashMap<>(4);
      return row.maps[index];
    }

    @Override public Object get(Object key) { return read().get(key); }
    @Override public void put(Object key, Object value) { write().put(key, value); }
    @Override public void putAll(Map<Object, Object> all) { if (!all.isEmpty()) write().putAll(all); }
    @Override public boolean contains(Object key) { return read().containsKey(key); }
    @Override public Iterable<Map.Entry<Object, Object>> entries() { return read().entrySet(); }
    @Override public Iterable<Object> keys() { return read().keySet(); }
    @Override public Iterable<Object> values() { return read().values(); }
    @Override public Iterator<Map.Entry<Object, Object>> iterator() { return read().entrySet().iterator(); }
    @Override public boolean isEmpty() { return read().isEmpty(); }
    @Override public void clear() { row.maps[index] = null; }

    @Override public void remove(Object key) {
      if (row.maps[index] == null) return;
      row.maps[index].remove(key);
      if (row.maps[index].isEmpty()) row.maps[index] = null;
    }
  }
}

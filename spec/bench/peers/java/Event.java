/** An event as an object: public fields, as Flink asks of a POJO. */
public final class Event {
  public String type;
  public int key;
  public long ts;
  public double value;

  public Event() {}

  Event(Stream stream, int index) {
    type = stream.type[index];
    key = stream.key[index];
    ts = stream.ts[index];
    value = stream.value[index];
  }
}

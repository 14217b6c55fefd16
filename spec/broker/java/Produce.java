import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes records with Kafka's own producer, so that its partitioner places the keys and its encoder makes the batches.
 * The first line of the standard input is an object of options, each further line a record or a command; java-produce.ts
 * says what they mean. Prints one line of JSON: how many records, how long sending took.
 */
final class Produce {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode options;
  private final Map<String, Client> clients = new HashMap<>();
  private volatile Exception failure;

  private Produce(JsonNode options) {
    this.options = options;
  }

  public static void main(String[] words) throws Exception {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8), 1 << 20);
    var produce = new Produce(JSON.readTree(input.readLine()));
    var start = System.nanoTime();
    var count = produce.run(input);
    System.out.printf("{\"records\":%d,\"elapsedMs\":%d}%n", count, (System.nanoTime() - start) / 1_000_000);
    System.out.flush();
    // Without closing the producers: one of them may have to leave its transaction open.
    Runtime.getRuntime().halt(0);
  }

  private int run(BufferedReader input) throws Exception {
    var count = 0;
    for (var line = input.readLine(); line != null; line = input.readLine()) {
      var step = JSON.readTree(line);
      var client = clients.computeIfAbsent(step.path("by").asText(""), this::connect);
      if (step.has("end")) {
        client.end(step.get("end").asText());
      } else {
        client.send(step);
        count++;
      }
      check();
    }
    for (var client : clients.values()) client.end(options.path("whenDone").asText("commit"));
    check();
    return count;
  }

  private Client connect(String name) {
    var settings = new HashMap<String, Object>();
    options.path("settings").properties().forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
    if (options.has("transactionalId")) {
      var id = options.get("transactionalId").asText();
      settings.put("transactional.id", name.isEmpty() ? id : id + "-" + name);
    }
    return new Client(settings);
  }

  private void check() throws Exception {
    if (failure != null) throw failure;
  }

  /** A producer and its transaction, if it writes in transactions. */
  private final class Client {
    private final KafkaProducer<byte[], byte[]> producer;
    private final boolean transactional;
    private final int every = options.path("every").asInt(0);
    private boolean open = false;
    private int sent = 0;

    Client(Map<String, Object> settings) {
      producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
      transactional = settings.containsKey("transactional.id");
      if (transactional) producer.initTransactions();
    }

    void send(JsonNode step) throws IOException {
      if (transactional && !open) {
        producer.beginTransaction();
        open = true;
      }
      producer.send(record(step), (metadata, error) -> {
        if (error != null) failure = error;
      });
      sent++;
      if (every > 0 && sent % every == 0) end(options.path("whenFull").asText("commit"));
    }

    /** Waits until everything is written; in a transaction, ends it that way. */
    void end(String how) {
      producer.flush();
      if (!open || how.equals("leave") || how.equals("flush")) return;
      if (how.equals("abort")) producer.abortTransaction();
      else producer.commitTransaction();
      open = false;
    }
  }

  private ProducerRecord<byte[], byte[]> record(JsonNode step) throws IOException {
    var partition = step.has("partition") ? Integer.valueOf(step.get("partition").asInt()) : null;
    var timestamp = step.has("timestamp") ? Long.valueOf(step.get("timestamp").asLong()) : null;
    List<Header> headers = new ArrayList<>();
    for (var header : step.path("headers")) {
      headers.add(new RecordHeader(header.get(0).asText(), bytes(header.get(1))));
    }
    var topic = step.path("topic").asText(options.path("topic").asText());
    return new ProducerRecord<>(topic, partition, timestamp, bytes(step.get("key")), bytes(step.get("value")), headers);
  }

  /** Text stands for its UTF-8, `{"base64": …}` for any bytes. */
  private static byte[] bytes(JsonNode value) throws IOException {
    if (value == null || value.isNull()) return null;
    if (value.isTextual()) return value.textValue().getBytes(StandardCharsets.UTF_8);
    return Base64.getDecoder().decode(value.get("base64").textValue());
  }
}

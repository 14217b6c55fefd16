/** An engine with nothing open. It counts matches. */
interface Peer {
  /** An event as the engine is given it; made before the clock starts. */
  Object nativeEvent(Stream stream, int index);

  /** With an empty engine. Workloads are named as in workloads.ts. */
  void start(String workload) throws Exception;

  void on(Object event, long ts) throws Exception;

  /** Time goes past the end, to {@code ts}. */
  void end(long ts) throws Exception;

  long matches();

  void stop() throws Exception;
}

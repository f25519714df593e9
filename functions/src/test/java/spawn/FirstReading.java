package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import spawn.launch.PayloadReader;

/**
 * Prints what the first reading of a launch costs in a process, and what starting to read does: CPU
 * of its thread, in milliseconds.
 */
public final class FirstReading {
  private static final int WARM_UP = 3_000;
  private static final int MEASURED = 1_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private FirstReading() {}

  /** Reads {@code events/launch.json}, once and then often. */
  public static void main(String[] arguments) throws IOException {
    JsonNode payload = new ObjectMapper().readTree(Files.readString(Path.of("events/launch.json")));

    long began = THREADS.getCurrentThreadCpuTime();
    PayloadReader reader = new PayloadReader(WorstPayloads.STACK);
    long started = THREADS.getCurrentThreadCpuTime();
    reader.read(payload, "first");
    long first = THREADS.getCurrentThreadCpuTime();
    read(reader, payload, WARM_UP);
    long warm = THREADS.getCurrentThreadCpuTime();
    read(reader, payload, MEASURED);

    System.out.printf(
        "start %.1f ms, first reading %.1f ms, warm %.2f ms%n",
        milliseconds(started - began),
        milliseconds(first - started),
        milliseconds(THREADS.getCurrentThreadCpuTime() - warm) / MEASURED);
  }

  private static void read(PayloadReader reader, JsonNode payload, int times) {
    for (int i = 0; i < times; i++) {
      reader.read(payload, "again");
    }
  }

  private static double milliseconds(long nanoseconds) {
    return nanoseconds / 1e6;
  }
}

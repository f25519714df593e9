package spawn.simulation;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

/** Keeps away what the functions log to standard output: every sweep its whole report. */
final class Quiet {
  private Quiet() {}

  static <T> T run(Callable<T> work) throws Exception {
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      return work.call();
    } finally {
      System.setOut(out);
    }
  }
}

package spawn.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The tests that the Python in {@code local/} has of its own, each as one of this build's. */
class PythonIT {
  /** As unittest prints a test: {@code test_a (tests.test_b.C.test_a) ... ok}. */
  private static final Pattern TEST =
      Pattern.compile("^\\w+ \\(tests\\.([\\w.]+)\\) \\.\\.\\. (.*)$", Pattern.MULTILINE);

  @TestFactory
  List<DynamicTest> thePythonPassesItsOwnTests() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(LocalStack.ROOT.resolve("local/stack").toString(), "test")
            .directory(LocalStack.ROOT.toFile())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    int code = process.waitFor();
    List<DynamicTest> tests = new ArrayList<>();
    for (Matcher test = TEST.matcher(printed); test.find(); ) {
      String result = test.group(2);
      tests.add(dynamicTest(test.group(1), () -> assertThat(result).as(printed).isEqualTo("ok")));
    }
    String ran = "Ran " + tests.size() + " tests in";
    tests.add(
        dynamicTest(
            "all of them have run",
            () -> {
              assertThat(code).as(printed).isZero();
              assertThat(printed).contains(ran);
            }));
    return tests;
  }
}

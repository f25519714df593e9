package spawn.aws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * Holds the sentences of a test class against the table of those that moto does not know: each of
 * them must fail, and every other must hold.
 */
final class Differences implements InvocationInterceptor {
  static final Path GUIDE = Path.of("docs", "simulated-aws.md");

  private static final Pattern ROW =
      Pattern.compile("^\\| `(\\w+)` \\|(.+)\\|(.+)\\|$", Pattern.MULTILINE);

  private static final Set<String> SENTENCES =
      listed().stream().map(Row::sentence).collect(Collectors.toUnmodifiableSet());

  /**
   * A row of the table.
   *
   * @param sentence the test method's name
   * @param aws what AWS does, with the page that says so
   * @param moto what moto does instead
   */
  record Row(String sentence, String aws, String moto) {}

  static List<Row> listed() {
    try {
      return ROW.matcher(Files.readString(GUIDE)).results().map(Differences::row).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Row row(MatchResult found) {
    return new Row(found.group(1), found.group(2).strip(), found.group(3).strip());
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    String sentence = method.getExecutable().getName();
    if (!SENTENCES.contains(sentence)) {
      invocation.proceed();
      return;
    }
    try {
      invocation.proceed();
    } catch (AssertionError | AwsServiceException asListed) {
      return;
    }
    throw new AssertionError(
        "moto knows this rule now: take %s off the table in %s.".formatted(sentence, GUIDE));
  }
}

package spawn.inventory;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;

/**
 * The regions of the account, asked side by side.
 *
 * <p>A region that does not answer is never taken for one that has nothing to say.
 */
public final class Regions {
  /** With less time than this a question is not worth asking. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private final Ec2Client home;
  private final Function<Region, Ec2Client> regional;
  private final Executor executor;

  /**
   * Creates the regions of an account.
   *
   * @param home EC2 in the stack's own region, which lists the others
   * @param regional EC2 in a region
   * @param executor runs the questions; with fewer threads than regions, some wait their turn
   */
  public Regions(Ec2Client home, Function<Region, Ec2Client> regional, Executor executor) {
    this.home = home;
    this.regional = regional;
    this.executor = executor;
  }

  /**
   * Returns the regions that are enabled for the account (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html">DescribeRegions</a>).
   */
  public List<Region> enabled() {
    return home.describeRegions().regions().stream()
        .map(region -> Region.of(region.regionName()))
        .toList();
  }

  /**
   * Asks some regions the same question and returns when all have answered or the time is over.
   * What AWS refuses in a region makes that region unreadable; any other failure is thrown.
   *
   * @param limit how long the regions may take together; one that takes longer is unreadable
   */
  public <T> Answers<T> ask(List<Region> regions, Duration limit, Question<T> question) {
    Map<String, String> unreadable = new TreeMap<>();
    if (limit.compareTo(SHORTEST) < 0) {
      regions.forEach(region -> unreadable.put(region.id(), "there was no time left to ask it"));
      return new Answers<>(Map.of(), unreadable);
    }
    Map<Region, CompletableFuture<T>> answers = new LinkedHashMap<>();
    for (Region region : regions) {
      CompletableFuture<T> answer = new CompletableFuture<>();
      // Before it is asked: all the limits run side by side, as the questions do.
      answers.put(region, answer.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS));
      executor.execute(() -> ask(region, question, answer));
    }
    Map<Region, T> answered = new LinkedHashMap<>();
    answers.forEach(
        (region, answer) -> {
          try {
            answered.put(region, answer.join());
          } catch (CompletionException failed) {
            unreadable.put(region.id(), reason(failed, limit));
          }
        });
    return new Answers<>(answered, unreadable);
  }

  private <T> void ask(Region region, Question<T> question, CompletableFuture<T> answer) {
    if (answer.isDone()) {
      return; // its time was over before its turn came
    }
    try {
      answer.complete(question.ask(regional.apply(region), () -> !answer.isDone()));
    } catch (RuntimeException | Error failure) {
      answer.completeExceptionally(failure);
    }
  }

  /** Returns why a region was not read; throws what neither AWS nor the clock is the reason for. */
  private static String reason(CompletionException failed, Duration limit) {
    Throwable cause = failed.getCause();
    if (cause instanceof TimeoutException) {
      return "it did not answer within %d s".formatted(limit.toSeconds());
    }
    if (cause instanceof SdkException refused) {
      return refused.getMessage();
    }
    if (cause instanceof Error end) {
      throw end;
    }
    throw failed;
  }

  /**
   * What each region is asked.
   *
   * @param <T> its answer
   */
  @FunctionalInterface
  public interface Question<T> {
    /**
     * Asks one region.
     *
     * @param ec2 EC2 in that region
     * @param isAwaited whether the answer is still waited for. A long listing stops when it is not,
     *     since it keeps a thread from the next question; what it returns then counts for nothing
     */
    T ask(Ec2Client ec2, BooleanSupplier isAwaited);
  }

  /**
   * What came of a question.
   *
   * @param answered the answers of the regions that gave one, in the order in which they were asked
   * @param unreadable the other regions, each with the reason
   * @param <T> an answer
   */
  public record Answers<T>(Map<Region, T> answered, Map<String, String> unreadable) {}
}

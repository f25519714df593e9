package spawn.inventory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
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
  private final SideBySide threads;

  /**
   * Creates the regions of an account.
   *
   * @param home EC2 in the stack's own region, which lists the others
   * @param regional EC2 in a region
   * @param executor runs the questions; with fewer threads than regions, some wait their turn
   */
  public Regions(Ec2Client home, Function<Region, Ec2Client> regional, Executor executor) {
    this(home, regional, SideBySide.on(executor));
  }

  /**
   * Creates the same.
   *
   * @param home EC2 in the stack's own region, which lists the others
   * @param regional EC2 in a region
   * @param threads runs the questions
   */
  public Regions(Ec2Client home, Function<Region, Ec2Client> regional, SideBySide threads) {
    this.home = home;
    this.regional = regional;
    this.threads = threads;
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
    return askEach(regions, limit, region -> question);
  }

  /**
   * Asks each of some regions its own question, as {@link #ask} does.
   *
   * @param limit how long the regions may take together; one that takes longer is unreadable
   * @param questions the question of each region
   */
  <T> Answers<T> askEach(
      List<Region> regions, Duration limit, Function<Region, Question<T>> questions) {
    Map<String, String> unreadable = new TreeMap<>();
    if (limit.compareTo(SHORTEST) < 0) {
      regions.forEach(region -> unreadable.put(region.id(), "there was no time left to ask it"));
      return new Answers<>(Map.of(), unreadable, List.of());
    }
    Map<Region, CompletableFuture<T>> answers = new LinkedHashMap<>();
    List<SideBySide.Task> tasks = new ArrayList<>();
    for (Region region : regions) {
      CompletableFuture<T> answer = new CompletableFuture<>();
      answers.put(region, answer);
      tasks.add(isAwaited -> ask(region, questions.apply(region), answer, isAwaited));
    }
    threads.run(tasks, limit);
    Map<Region, T> answered = new LinkedHashMap<>();
    List<Region> late = new ArrayList<>();
    answers.forEach(
        (region, answer) -> {
          if (answer.completeExceptionally(new TimeoutException())) {
            late.add(region);
          }
          try {
            answered.put(region, answer.join());
          } catch (CompletionException failed) {
            unreadable.put(region.id(), reason(failed, limit));
          }
        });
    return new Answers<>(answered, unreadable, late);
  }

  /**
   * What a question returns when it is no longer awaited may be a part, so it never counts as an
   * answer.
   */
  private <T> void ask(
      Region region, Question<T> question, CompletableFuture<T> answer, BooleanSupplier isAwaited) {
    if (!isAwaited.getAsBoolean()) {
      return; // its time was over before its turn came
    }
    try {
      T found = question.ask(regional.apply(region), isAwaited);
      if (isAwaited.getAsBoolean()) {
        answer.complete(found);
      }
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
   * @param late those of them that took longer than they may
   * @param <T> an answer
   */
  public record Answers<T>(
      Map<Region, T> answered, Map<String, String> unreadable, List<Region> late) {}
}

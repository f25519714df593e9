package spawn.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;

/**
 * The same question to several regions, side by side: one that does not answer takes nothing from
 * the answers of the others.
 *
 * @param <A> an answer
 */
final class EachRegion<A> {
  private static final int MOST_AT_ONCE = 16;

  /** What a region answers that is not enabled for the account, or closed to the caller. */
  private static final Set<String> CLOSED =
      Set.of(
          "UnauthorizedOperation",
          "AuthFailure",
          "OptInRequired",
          "InvalidClientTokenId",
          "UnrecognizedClientException",
          "AccessDenied",
          "AccessDeniedException");

  private final Map<Region, A> answers = new LinkedHashMap<>();
  private final Map<Region, SdkException> failures = new LinkedHashMap<>();

  private EachRegion() {}

  /**
   * Asks every region.
   *
   * @param question asks one region; called on several threads
   */
  static <A> EachRegion<A> ask(List<Region> regions, Function<Region, A> question) {
    EachRegion<A> each = new EachRegion<>();
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.max(1, Math.min(MOST_AT_ONCE, regions.size())));
    try {
      Map<Region, Future<A>> asked = new LinkedHashMap<>();
      regions.forEach(region -> asked.put(region, threads.submit(() -> question.apply(region))));
      asked.forEach(each::take);
    } finally {
      threads.shutdownNow();
    }
    return each;
  }

  private void take(Region region, Future<A> asked) {
    try {
      answers.put(region, asked.get());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("The wait was interrupted.");
    } catch (java.util.concurrent.ExecutionException ended) {
      if (ended.getCause() instanceof SdkException refused) {
        failures.put(region, refused);
      } else if (ended.getCause() instanceof RuntimeException broken) {
        throw broken;
      } else {
        throw new IllegalStateException(ended.getCause());
      }
    }
  }

  /**
   * Returns the answers.
   *
   * @throws SdkException if there is none, as the first region has failed
   */
  List<A> answers() {
    if (answers.isEmpty() && !failures.isEmpty()) {
      throw failures.values().iterator().next();
    }
    return List.copyOf(answers.values());
  }

  /** Returns a sentence for each cause that has kept regions out, with the regions. */
  List<String> notes() {
    Map<String, List<String>> regions = new TreeMap<>();
    failures.forEach(
        (region, why) ->
            regions.computeIfAbsent(inWords(why), first -> new ArrayList<>()).add(region.id()));
    return regions.entrySet().stream()
        .map(
            cause ->
                "Not among them: %s (%s)"
                    .formatted(String.join(", ", cause.getValue()), cause.getKey()))
        .toList();
  }

  /** Returns whether a region has failed that is open to the caller, so that more was expected. */
  boolean hasFailed() {
    return failures.values().stream().anyMatch(why -> !CLOSED.contains(code(why)));
  }

  private static String inWords(SdkException why) {
    String code = code(why);
    return code.isEmpty() ? String.valueOf(why.getMessage()).split("[\\n.]", 2)[0] : code;
  }

  private static String code(SdkException why) {
    return why instanceof AwsServiceException refused && refused.awsErrorDetails() != null
        ? String.valueOf(refused.awsErrorDetails().errorCode())
        : "";
  }
}

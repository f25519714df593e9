package spawn.aws;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequest;

/** What the clients of a simulated account have in common. */
abstract class SimulatedService {
  final SimulatedAws aws;
  final IamEntities entities;

  /** Whether its calls are recorded and may fail by injected faults. */
  final boolean observed;

  private final String service;
  private final String region;

  SimulatedService(
      SimulatedAws aws, IamEntities entities, String service, String region, boolean observed) {
    this.aws = aws;
    this.entities = entities;
    this.service = service;
    this.region = region;
    this.observed = observed;
  }

  /** Returns the service's name in the names of IAM actions. */
  public String serviceName() {
    return service;
  }

  /** Closes nothing: the account stays. */
  public void close() {}

  /** Makes a call: it takes effect while nothing else does. */
  <T> T call(String operation, AwsRequest request, Supplier<T> effect) {
    return aws.perform(observed, service, region, operation, request, effect);
  }

  /**
   * Returns a page of at most so many items, or fewer where the account is told to.
   *
   * @param token of the page before; {@code null} for the first page
   * @param badToken the refusal of a token that no page gave
   */
  <T> Page<T> page(
      List<T> all,
      Function<T, String> key,
      String token,
      int most,
      Supplier<RuntimeException> badToken) {
    if (!Page.isToken(token)) {
      throw badToken.get();
    }
    return Page.of(all, key, token, aws.pageSize(most));
  }

  Instant now() {
    return aws.clock().instant();
  }
}

package spawn.launch;

import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Instance;
import spawn.json.AsJson;
import spawn.json.Json;

/**
 * An instance of a launch, as EC2 has last described it.
 *
 * @param instanceId its id
 * @param launchIndex its number among the instances of the launch, from 0; it reads the same from
 *     its metadata as {@code ami-launch-index}
 * @param state its state, {@code pending} or {@code running} for example; {@code unknown} if EC2
 *     does not show it
 * @param availabilityZone where it runs
 * @param privateIpAddress its address, where EC2 has already given one
 * @param publicIpAddress its public address, if it has one; EC2 gives it while the instance starts
 * @param publicDnsName the name of its public address, if it has one
 * @param ipv6Address its IPv6 address, if it has one
 * @param stateReason why it has ended or stopped; {@code null} while it starts or runs
 */
public record LaunchedInstance(
    String instanceId,
    int launchIndex,
    String state,
    String availabilityZone,
    String privateIpAddress,
    String publicIpAddress,
    String publicDnsName,
    String ipv6Address,
    Reason stateReason)
    implements AsJson {
  private static final String PENDING = "pending";
  private static final String RUNNING = "running";

  /**
   * Why an instance has changed its state (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html">StateReason</a>).
   *
   * @param code EC2's code, {@code Client.InternalError}
   * @param message EC2's sentence, or {@code null} if it has none
   */
  public record Reason(String code, String message) implements AsJson {
    @Override
    public Object asJson() {
      return Json.members(this, "message");
    }
  }

  @Override
  public Object asJson() {
    return Json.members(this, "publicIpAddress", "publicDnsName", "ipv6Address", "stateReason");
  }

  /** Returns the instance as EC2 describes it. */
  public static LaunchedInstance of(Instance instance) {
    String state = instance.state().nameAsString();
    return new LaunchedInstance(
        instance.instanceId(),
        instance.amiLaunchIndex(),
        state,
        instance.placement() == null ? null : instance.placement().availabilityZone(),
        instance.privateIpAddress(),
        given(instance.publicIpAddress()),
        given(instance.publicDnsName()),
        given(instance.ipv6Address()),
        isOnItsWay(state) ? null : reason(instance));
  }

  /** EC2 writes an address that there is not as an empty string. */
  private static String given(String address) {
    return Optional.ofNullable(address).filter(text -> !text.isEmpty()).orElse(null);
  }

  /** An instance that starts has a reason too, {@code pending}, which says nothing. */
  private static Reason reason(Instance instance) {
    return Optional.ofNullable(instance.stateReason())
        .filter(reason -> reason.code() != null)
        .map(reason -> new Reason(reason.code(), reason.message()))
        .orElse(null);
  }

  private static boolean isOnItsWay(String state) {
    return state.equals(PENDING) || state.equals(RUNNING);
  }

  /** Returns the instance as one that EC2 does not show, however long it is asked. */
  LaunchedInstance notShown() {
    return new LaunchedInstance(
        instanceId,
        launchIndex,
        "unknown",
        availabilityZone,
        privateIpAddress,
        null,
        null,
        null,
        new Reason("NotShown", null));
  }

  /** Returns the instance without what can be looked up by its id. */
  LaunchedInstance withoutNames() {
    return new LaunchedInstance(
        instanceId,
        launchIndex,
        state,
        availabilityZone,
        hasEnded() ? null : privateIpAddress,
        publicIpAddress,
        null,
        null,
        stateReason == null ? null : new Reason(stateReason.code(), null));
  }

  /** Returns the instance as its id, its number and its state. */
  LaunchedInstance bare() {
    return new LaunchedInstance(instanceId, launchIndex, state, null, null, null, null, null, null);
  }

  /** Returns whether it is on its way to running. */
  public boolean isPending() {
    return state.equals(PENDING);
  }

  /** Returns whether it runs. */
  public boolean isRunning() {
    return state.equals(RUNNING);
  }

  /** Returns whether it neither runs nor is on its way to. */
  public boolean hasEnded() {
    return !isOnItsWay(state);
  }

  /** Returns whether it has been terminated, or is being terminated: it never runs again. */
  boolean wasTerminated() {
    return state.equals("terminated") || state.equals("shutting-down");
  }
}

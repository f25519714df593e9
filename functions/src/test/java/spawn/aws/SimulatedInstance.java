package spawn.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.StateReason;

/**
 * An instance as it is, whatever readers see of it. Its state follows from the last thing that was
 * asked of it and the time since.
 *
 * @param launched what stays as it was at the launch
 * @param region where it runs
 * @param reservationId the launch that it came from
 * @param asked what was asked of it last
 * @param askedAt when that was
 * @param boot how long it is pending after a start
 * @param endsStarting why it ends instead of running, if it does
 * @param associations its profiles, the active one and those taken off
 */
public record SimulatedInstance(
    Instance launched,
    String region,
    String reservationId,
    Asked asked,
    Instant askedAt,
    Duration boot,
    Optional<StateReason> endsStarting,
    List<ProfileAssociation> associations) {
  /** What was asked of an instance last. */
  public enum Asked {
    /** A launch, or a start after a stop. */
    START,
    /** A stop. */
    STOP,
    /** A termination. */
    TERMINATE
  }

  /** How long an instance is pending, if nothing else is said: most run within some seconds. */
  static final Duration BOOT = Duration.ofSeconds(5);

  /** How long an instance is stopping or shutting down. */
  static final Duration HALT = Duration.ofSeconds(30);

  /**
   * How long a terminated instance is still shown (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html">
   * TerminateInstances</a>: usually less than one hour).
   */
  static final Duration SHOWN_AFTER_TERMINATION = Duration.ofHours(1);

  /** Returns its id, {@code i-…}. */
  public String id() {
    return launched.instanceId();
  }

  /** Returns the token of the launch that it came from. */
  public Optional<String> clientToken() {
    return Optional.ofNullable(launched.clientToken());
  }

  /** Returns its place among the instances of its launch, from 0. */
  public int launchIndex() {
    return launched.amiLaunchIndex();
  }

  /** Returns its tags, sorted by key. */
  public SortedMap<String, String> tags() {
    SortedMap<String, String> tags = new TreeMap<>();
    launched.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
    return tags;
  }

  /** Returns the profile that it carries, or carried until it was terminated. */
  public Optional<ProfileAssociation> profile() {
    return associations.stream().filter(ProfileAssociation::isActive).findFirst();
  }

  /**
   * Returns the state at a moment: pending, running, shutting-down, terminated, stopping, stopped
   * (<a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html">
   * InstanceState</a>).
   */
  public InstanceStateName state(Instant now) {
    return switch (asked) {
      case START -> started(now);
      case STOP -> isBefore(now, HALT) ? InstanceStateName.STOPPING : InstanceStateName.STOPPED;
      case TERMINATE ->
          isBefore(now, HALT) ? InstanceStateName.SHUTTING_DOWN : InstanceStateName.TERMINATED;
    };
  }

  /**
   * An instance that cannot start is pending for some time and then shut down (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html">an
   * instance that terminates immediately</a>).
   */
  private InstanceStateName started(Instant now) {
    if (isBefore(now, boot)) {
      return InstanceStateName.PENDING;
    }
    if (endsStarting.isEmpty()) {
      return InstanceStateName.RUNNING;
    }
    return isBefore(now, boot.plus(HALT))
        ? InstanceStateName.SHUTTING_DOWN
        : InstanceStateName.TERMINATED;
  }

  /** Returns whether it is anything but terminated, so that it may need its role. */
  public boolean isAlive(Instant now) {
    return state(now) != InstanceStateName.TERMINATED;
  }

  /** Returns whether it is about to end, or has ended, instead of running. */
  boolean endsStarting(Instant now) {
    return asked == Asked.START && endsStarting.isPresent() && !isBefore(now, boot);
  }

  boolean isShown(Instant now) {
    return isAlive(now) || isBefore(now, boot.plus(HALT).plus(SHOWN_AFTER_TERMINATION));
  }

  /**
   * A start sets the launch time anew (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html">Instance</a>).
   */
  SimulatedInstance asked(Asked what, Instant now) {
    Instance changed =
        what == Asked.START ? launched.toBuilder().launchTime(now).build() : launched;
    return new SimulatedInstance(
        changed, region, reservationId, what, now, boot, endsStarting, associations);
  }

  SimulatedInstance failed(String reasonCode, Instant now) {
    return new SimulatedInstance(
        launched,
        region,
        reservationId,
        Asked.START,
        now.minus(HALT),
        Duration.ZERO,
        Optional.of(reason(reasonCode, reasonCode)),
        associations);
  }

  /** Returns why a state was changed; EC2's sentence begins with the code. */
  static StateReason reason(String code, String sentence) {
    return StateReason.builder().code(code).message(sentence).build();
  }

  /**
   * Each state has a reason while it starts, and when it has ended or stopped; one that runs has
   * none (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances</a>'
   * sample answer, and <a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html">StateReason</a>).
   */
  private StateReason reason(InstanceStateName state) {
    return switch (state) {
      case PENDING -> reason("pending", "pending");
      case RUNNING, UNKNOWN_TO_SDK_VERSION -> null;
      case SHUTTING_DOWN, TERMINATED, STOPPING, STOPPED ->
          asked == Asked.START
              ? endsStarting.orElseThrow()
              : reason(
                  "Client.UserInitiatedShutdown",
                  "Client.UserInitiatedShutdown: User initiated shutdown");
    };
  }

  SimulatedInstance associated(List<ProfileAssociation> changed) {
    return new SimulatedInstance(
        launched, region, reservationId, asked, askedAt, boot, endsStarting, List.copyOf(changed));
  }

  /**
   * Returns it as DescribeInstances shows it.
   *
   * @param profileOutlives whether a terminated instance still shows its profile; AWS does not say
   */
  Instance shown(Instant now, boolean profileOutlives) {
    InstanceStateName state = state(now);
    return launched.toBuilder()
        .state(shown -> shown.name(state).code(code(state)))
        .stateReason(reason(state))
        .publicIpAddress(state == InstanceStateName.RUNNING ? launched.publicIpAddress() : null)
        .iamInstanceProfile(
            shownProfile(now, profileOutlives).map(ProfileAssociation::profile).orElse(null))
        .build();
  }

  /** Returns the profile that DescribeInstances shows. */
  Optional<ProfileAssociation> shownProfile(Instant now, boolean profileOutlives) {
    return profileOutlives || isAlive(now) ? profile() : Optional.empty();
  }

  /**
   * Each state has a code (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html">
   * InstanceState</a>).
   */
  static int code(InstanceStateName state) {
    return switch (state) {
      case PENDING -> 0;
      case RUNNING -> 16;
      case SHUTTING_DOWN -> 32;
      case TERMINATED -> 48;
      case STOPPING -> 64;
      case STOPPED -> 80;
      case UNKNOWN_TO_SDK_VERSION -> -1;
    };
  }

  private boolean isBefore(Instant now, Duration since) {
    return now.isBefore(askedAt.plus(since));
  }
}

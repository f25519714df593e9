package spawn.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.IamException;
import spawn.error.AnswerKind;
import spawn.error.AwsErrors;
import spawn.error.NotVisibleYet;
import spawn.inventory.Candidate;
import spawn.inventory.Inventory;
import spawn.inventory.Usage;
import spawn.inventory.UsageScan;
import spawn.policy.RoleReview;
import spawn.policy.StackContext;
import spawn.policy.TrustedPrincipals;
import spawn.role.Drift;
import spawn.role.Drifts;
import spawn.role.FullRole;
import spawn.role.IamAnswers;
import spawn.role.KnownRole;
import spawn.role.Owner;
import spawn.role.PolicyVersions;
import spawn.role.RoleContent;
import spawn.role.RoleStage;

/**
 * Looks at every role under the stack's path, with all that it holds. It changes nothing.
 *
 * <p>It costs a call for each page of the listings and one or more for each region; for each role
 * three, one more for each of its inline policies, and three more if it seems to have drifted; and
 * two for each managed policy that is not AWS's own. Where it is asked which services roles have
 * used, one more for each role, and one or more for each page of each report.
 */
public final class Audit {
  /** Longer than one call may take with all its attempts. */
  private static final Duration RESERVE = Duration.ofSeconds(30);

  private static final Duration REGIONS = Duration.ofMinutes(1);

  /** IAM makes a report in seconds; one that takes longer is told as pending. */
  private static final int MOST_QUESTIONS = 15;

  private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(2);

  /** As long as IAM may show less of a new role than was written. */
  private static final Duration SETTLED = Duration.ofMinutes(2);

  private final IamClient iam;
  private final Owner owner;
  private final UsageScan scan;
  private final Clock clock;
  private final Drifts drifts;
  private final RoleReview review;
  private final int maxBytes;
  private final Consumer<Duration> pause;

  /**
   * Creates the audit of one stack.
   *
   * @param iam must wait patiently when AWS asks to slow down
   * @param scan asks the regions which profiles instances carry
   * @param pause waits while IAM makes reports about what roles have used
   */
  public Audit(
      IamClient iam, StackContext context, UsageScan scan, Clock clock, Consumer<Duration> pause) {
    this(iam, context, scan, clock, pause, AuditJson.MAX_BYTES);
  }

  /**
   * Creates the same for tests.
   *
   * @param maxBytes how large the roles of an answer may be together
   */
  Audit(
      IamClient iam,
      StackContext context,
      UsageScan scan,
      Clock clock,
      Consumer<Duration> pause,
      int maxBytes) {
    this.iam = IamAnswers.ofTheSweep(iam);
    this.owner = Owner.of(context);
    this.scan = scan;
    this.clock = clock;
    this.drifts = new Drifts(owner, context.boundaries());
    this.review = new RoleReview(context);
    this.maxBytes = maxBytes;
    this.pause = pause;
  }

  /**
   * Audits once. One role that cannot be read does not stop the others.
   *
   * @param timeLeft after which the caller is cut off; the run stops in good order half a minute
   *     before that
   */
  public AuditReport audit(AuditRequest request, Duration timeLeft) {
    Instant now = clock.instant();
    return new Run(request, now, now.plus(timeLeft).minus(RESERVE)).report();
  }

  /** One run: what it has found so far, and how far it has come. */
  private final class Run {
    private final AuditRequest request;
    private final Instant now;
    private final Instant end;
    private final PolicyVersions versions = new PolicyVersions(iam);
    private final List<AuditedRole> roles = new ArrayList<>();
    private final Map<String, String> unread = new TreeMap<>();
    private final List<String> seen = new ArrayList<>();
    private final AtomicLong bytes = new AtomicLong();

    Run(AuditRequest request, Instant now, Instant end) {
      this.request = request;
      this.now = now;
      this.end = end;
    }

    AuditReport report() {
      List<Candidate> listed =
          Inventory.of(iam, owner).roles().stream()
              .sorted(Comparator.comparing(Candidate::name))
              .toList();
      Duration left = Duration.between(clock.instant(), end);
      Usage usage = scan.everywhere(scan.regions(), left.compareTo(REGIONS) < 0 ? left : REGIONS);
      Optional<String> stopped = Optional.empty();
      for (Candidate role : listed) {
        if (isAskedFor(role.name())) {
          stopped = stop(role.name()).or(() -> look(role, usage));
          if (stopped.isPresent()) {
            break;
          }
          seen.add(role.name());
        }
      }
      return new AuditReport(
          now,
          owner.path(),
          request.services(),
          inOrder(used()),
          missing(listed),
          unread,
          usage.unreadableRegions(),
          stopped,
          stopped.isPresent() ? last() : Optional.empty());
    }

    private Optional<String> last() {
      return seen.isEmpty() ? request.after() : Optional.of(seen.get(seen.size() - 1));
    }

    private boolean isAskedFor(String name) {
      return (request.roleNames().isEmpty() || request.roleNames().contains(name))
          && request.after().filter(after -> name.compareTo(after) <= 0).isEmpty();
    }

    private Optional<String> stop(String next) {
      if (!clock.instant().isBefore(end)) {
        return Optional.of("before role %s: the time was over".formatted(next));
      }
      return bytes.get() > maxBytes
          ? Optional.of("before role %s: the answer would be too large".formatted(next))
          : Optional.empty();
    }

    /** Looks at one role; returns why the run has to stop, if it has to. */
    private Optional<String> look(Candidate listed, Usage usage) {
      try {
        read(listed.name()).ifPresent(held -> note(judged(listed, seenTwice(held), usage)));
        return Optional.empty();
      } catch (NotVisibleYet goneMeanwhile) {
        return Optional.empty();
      } catch (SdkException failure) {
        if (AwsErrors.kind(failure) == AnswerKind.THROTTLED) {
          return Optional.of(
              "at role %s: AWS asks to slow down: %s"
                  .formatted(listed.name(), failure.getMessage()));
        }
        unread.put(listed.name(), failure.getMessage());
        return Optional.empty();
      }
    }

    private void note(AuditedRole role) {
      roles.add(role);
      bytes.addAndGet(AuditJson.bytes(role));
    }

    private Optional<FullRole> read(String name) {
      return IamAnswers.found(() -> KnownRole.of(iam.getRole(get -> get.roleName(name)).role()))
          .map(new RoleContent(iam)::of);
    }

    /**
     * Returns a role as it is read once more, if it seems to have drifted: a run of its set, or a
     * launch, may have been at it between two of the calls.
     */
    private FullRole seenTwice(FullRole held) {
      return drifts.of(held).isEmpty() ? held : read(held.role().name()).orElse(held);
    }

    private AuditedRole judged(Candidate listed, FullRole held, Usage usage) {
      KnownRole role = held.role();
      List<Drift> found = drifts.of(held);
      boolean isNew = role.created().isAfter(now.minus(SETTLED));
      boolean isWorst = found.stream().anyMatch(drift -> drift.kind().isWorst());
      boolean isBeingMade = isNew && !isWorst && !found.isEmpty();
      return new AuditedRole(
          listed,
          held,
          isBeingMade ? RoleStage.HALF_MADE : RoleStage.of(role, owner),
          isBeingMade ? List.of() : found,
          review.warnings(
              held.policies().inline(),
              held.policies().managed(),
              this::document,
              role.permissionsBoundary().orElse(""),
              TrustedPrincipals.of(role.trustPolicy())),
          listed.profiles().stream()
              .flatMap(profile -> usage.instances(profile.instanceProfileId()).stream())
              .distinct()
              .sorted()
              .toList(),
          Optional.empty(),
          now);
    }

    /** Returns a policy's document; nothing if it is gone, or IAM does not let it be read. */
    private Optional<JsonNode> document(String arn) {
      try {
        return versions.documentOf(arn);
      } catch (NotVisibleYet beingChanged) {
        return Optional.empty();
      } catch (IamException refused) {
        AnswerKind kind = AwsErrors.kind(refused);
        if (kind == AnswerKind.THROTTLED || kind == AnswerKind.AGAIN) {
          throw refused;
        }
        return Optional.empty();
      }
    }

    /** Returns the roles with what they have used, if that was asked for. */
    private List<AuditedRole> used() {
      if (!request.services()) {
        return roles;
      }
      Map<String, String> jobs = new TreeMap<>();
      roles.forEach(role -> jobs.put(role.role().name(), ServiceUse.start(iam, role.role().arn())));
      Map<String, ServiceUse> ready = new TreeMap<>();
      for (int asked = 0;
          asked < MOST_QUESTIONS && !jobs.isEmpty() && clock.instant().isBefore(end);
          asked++) {
        pause.accept(BETWEEN_QUESTIONS);
        jobs.forEach(
            (role, job) -> ServiceUse.read(iam, job).ifPresent(use -> ready.put(role, use)));
        jobs.keySet().removeAll(ready.keySet());
      }
      return roles.stream()
          .map(role -> role.using(Optional.ofNullable(ready.get(role.role().name()))))
          .toList();
    }

    private List<AuditedRole> inOrder(List<AuditedRole> all) {
      return all.stream()
          .sorted(
              Comparator.comparing((AuditedRole role) -> !role.isWorst())
                  .thenComparing(AuditedRole::state)
                  .thenComparing(role -> role.role().name()))
          .toList();
    }

    private List<String> missing(List<Candidate> listed) {
      Set<String> names = listed.stream().map(Candidate::name).collect(Collectors.toSet());
      return request.roleNames().stream().filter(name -> !names.contains(name)).sorted().toList();
    }
  }
}

package spawn.revocation;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import spawn.error.InvalidRequest;
import spawn.error.QuotaExceeded;
import spawn.role.IamAnswers;
import spawn.role.KnownRole;
import spawn.role.LeaseTerms;
import spawn.role.Owner;
import spawn.role.Revocation;
import spawn.role.Revocation.Kind;
import spawn.role.Tags;

/**
 * Revokes a role, and undoes that.
 *
 * <p>The denial comes first, since it is what stops whatever runs; the mark second, which keeps
 * launches, runs of sets and sweeps off the role. Undone, the mark goes last. So wherever a call
 * stops, nothing is granted that was not granted before, and the same call again ends it. Both are
 * always written, whatever IAM shows: what it shows may be what was there before an undo.
 */
public final class Revocations {
  private static final String ROLE = "$." + RevocationFields.ROLE.name();

  private final IamRevocation iam;
  private final Owner owner;
  private final Clock clock;
  private final Duration lease;

  /**
   * Creates the service on one account's IAM.
   *
   * @param owner the stack whose roles they are
   * @param terms how long a launch may rely on a role that it has read before
   */
  public Revocations(IamClient iam, Owner owner, Clock clock, LeaseTerms terms) {
    this.iam = new IamRevocation(IamAnswers.ofMakers(iam, clock));
    this.owner = owner;
    this.clock = clock;
    this.lease = terms.lease();
  }

  /**
   * Does what an operator asks; when it returns, IAM has accepted it.
   *
   * @throws InvalidRequest if there is no such role, or it is not one that the stack may write to
   * @throws QuotaExceeded if the role has no room for the denial; it is marked all the same
   */
  public RevokedRole answer(RevocationRequest request) {
    KnownRole role = iam.find(request.role()).orElseThrow(() -> noSuchRole(request.role()));
    checkIsOurs(role, request);
    try {
      return request.kind().isPresent() ? revoke(role, request) : undo(role);
    } catch (NoSuchEntityException goneMeanwhile) {
      throw noSuchRole(request.role());
    }
  }

  private static InvalidRequest noSuchRole(String name) {
    return new InvalidRequest(ROLE, "There is no role \"%s\", or not any more.".formatted(name));
  }

  private void checkIsOurs(KnownRole role, RevocationRequest request) {
    boolean behindABoundary = role.permissionsBoundary().isPresent();
    if (owner.owns(role) && behindABoundary) {
      return;
    }
    throw new InvalidRequest(
        ROLE,
        "Role \"%s\" (%s) %s. By hand: %s"
            .formatted(
                role.name(),
                role.arn(),
                owner.owns(role)
                    ? "has no permissions boundary, and without one IAM lets no function of the stack change its policies"
                    : "does not lie under the path of this stack, %s, so the stack may not write to it"
                        .formatted(owner.path()),
                byHand(role, request)));
  }

  /** Returns the command by which an administrator does what a call asks for. */
  private String byHand(KnownRole role, RevocationRequest request) {
    Revocation denied = revocation(request.kind().orElse(Kind.EVERYTHING), request);
    String on = " --role-name %s --policy-name %s".formatted(role.name(), denied.kind().policy());
    return request.kind().isPresent()
        ? "aws iam put-role-policy%s --policy-document '%s'".formatted(on, denied.policy())
        : "aws iam delete-role-policy" + on;
  }

  private Revocation revocation(Kind kind, RevocationRequest request) {
    return new Revocation(kind, clock.instant(), request.note());
  }

  private RevokedRole revoke(KnownRole role, RevocationRequest request) {
    Revocation denied = revocation(request.kind().orElseThrow(), request);
    boolean hadRoom = iam.deny(role.name(), denied);
    boolean alreadyAll =
        role.revocation().filter(before -> before.kind() == Kind.EVERYTHING).isPresent();
    Revocation told = alreadyAll ? revocation(Kind.EVERYTHING, request) : denied;
    iam.mark(role.name(), told);
    if (!hadRoom) {
      throw new QuotaExceeded(
          "Role \"%s\" is marked, so no launch uses it, but it is NOT revoked: its inline policies fill it, so something was added to what spawn puts. Delete what does not belong there (aws iam list-role-policies --role-name %s), and call again."
              .formatted(role.name(), role.name()));
    }
    return answer(role, Optional.of(told), true, notes(told));
  }

  private List<String> notes(Revocation told) {
    List<String> notes = new ArrayList<>();
    notes.add("IAM shows this everywhere within seconds, at worst within minutes.");
    notes.add(
        "A launch that had found the role before may still start instances with it, until %s at the latest."
            .formatted(told.since().plus(lease)));
    if (told.kind() == Kind.SESSIONS) {
      notes.add(
          "Sessions that begin from now on are not denied: an instance gets a new one by itself, within hours. To stop it, revoke without \"sessions\".");
    }
    notes.add(
        "Not reached: sessions of other roles that were assumed from this one, connections that are open, and what was made with it.");
    return notes;
  }

  private RevokedRole undo(KnownRole role) {
    if (role.revocation().isEmpty()) {
      if (iam.isDenied(role.name())) {
        throw new InvalidRequest(
            ROLE,
            "Role \"%s\" holds a denial and no mark, so a revocation has stopped half-way, or IAM does not show all of it yet. Revoke it again, and then undo that."
                .formatted(role.name()));
      }
      return answer(
          role, Optional.empty(), false, List.of("IAM shows no revocation of this role."));
    }
    if (!owner.manages(role)) {
      throw new InvalidRequest(
          ROLE,
          "Role \"%s\" lacks the tag %s=true, without which IAM lets the stack take nothing from it. Put it back if the role is spawn's, and undo then."
              .formatted(role.name(), Tags.MANAGED));
    }
    iam.undo(role.name());
    return answer(
        role,
        Optional.empty(),
        true,
        List.of(
            "What runs under the role may do again what it could do before, within seconds, at worst within minutes."));
  }

  private static RevokedRole answer(
      KnownRole role, Optional<Revocation> now, boolean changed, List<String> notes) {
    return new RevokedRole(
        role.name(),
        role.arn(),
        role.id(),
        now.map(revocation -> revocation.kind().word()).orElse(null),
        now.map(Revocation::since).orElse(null),
        changed,
        notes);
  }
}

package spawn.role;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.error.NotVisibleYet;
import spawn.error.RoleConflict;
import spawn.error.RoleExpired;
import spawn.error.RoleRevoked;
import spawn.error.SpawnException;
import spawn.role.RoleForecast.Outcome;
import spawn.role.RoleForecast.Passed;

/** Says what a launch would do with the role that it asks for. It only reads. */
public final class RoleForecasts {
  private final IamRoles iam;
  private final Owner owner;
  private final RoleDecisions decisions;
  private final Clock clock;

  /**
   * Creates the service on one account's IAM.
   *
   * @param owner the stack whose roles they are
   */
  public RoleForecasts(IamClient iam, Owner owner, Clock clock, LeaseTerms terms) {
    this.iam = new IamRoles(iam, owner, new AccountQuotas(iam));
    this.owner = owner;
    this.decisions = new RoleDecisions(this.iam, owner, new RoleContent(iam), clock, terms);
    this.clock = clock;
  }

  /** Returns what {@link Roles#ensure} would come to, name by name. */
  public RoleForecast of(RoleRequest request) {
    List<Passed> passed = new ArrayList<>();
    Optional<KnownRole> first = Optional.empty();
    for (String name : request.names()) {
      Optional<KnownRole> found = iam.find(name);
      first = passed.isEmpty() ? found : first;
      RoleForecast forecast = of(name, found, request, passed);
      if (forecast.outcome() != Outcome.MARKED) {
        return forecast;
      }
      passed.add(new Passed(name, whyPassed(found.orElseThrow(), request)));
    }
    return new RoleForecast(
        Outcome.MARKED,
        request.names().get(0),
        first,
        Optional.of(RoleConflicts.everyNameTaken(request)),
        request.mayTakeAnotherName() ? passed : List.of());
  }

  /** Returns what a launch would do under a name; that the role is marked, if it would leave it. */
  private RoleForecast of(
      String name, Optional<KnownRole> found, RoleRequest request, List<Passed> passed) {
    Outcome outcome;
    Optional<SpawnException> refusal = Optional.empty();
    try {
      if (found.isEmpty()) {
        decisions.checkMayBeCreated(name, request);
        outcome = Outcome.CREATE;
      } else {
        outcome = outcome(found.get(), request);
      }
    } catch (SpawnException failure) {
      refusal = Optional.of(failure);
      outcome = outcome(failure, found);
    }
    if (outcome == Outcome.UNFINISHED && refusal.isEmpty()) {
      refusal =
          RoleDecisions.unripeClaim(found.orElseThrow(), request, clock.instant())
              .map(claim -> RoleConflicts.claimed(found.get(), claim, request));
    }
    return new RoleForecast(outcome, name, found, refusal, passed);
  }

  private Outcome outcome(KnownRole role, RoleRequest request) {
    return switch (decisions.of(role, request)) {
      case USE -> Outcome.USE;
      case REUSE -> Outcome.REUSE;
      case COMPLETE -> Outcome.COMPLETE;
      case CLAIM ->
          RoleDecisions.unripeClaim(role, request, clock.instant()).isEmpty()
              ? Outcome.COMPLETE
              : Outcome.UNFINISHED;
      case NEXT_NAME -> Outcome.MARKED;
    };
  }

  private Outcome outcome(SpawnException failure, Optional<KnownRole> found) {
    if (failure instanceof RoleConflict) {
      return found.filter(owner::owns).isPresent() ? Outcome.CONFLICT : Outcome.TAKEN;
    }
    if (failure instanceof RoleExpired) {
      return Outcome.EXPIRED;
    }
    if (failure instanceof RoleRevoked) {
      return Outcome.REVOKED;
    }
    return failure instanceof NotVisibleYet ? Outcome.UNFINISHED : Outcome.REFUSED;
  }

  private String whyPassed(KnownRole role, RoleRequest request) {
    if (!owner.manages(role)) {
      return "It was made by %s.".formatted(owner.whoMade(role));
    }
    if (role.isMarked()) {
      return "The clean-up is removing it.";
    }
    return role.hasOneOf(request.boundaries())
        ? "It holds other permissions."
        : "Its permissions boundary is none of the stack's present ones.";
  }
}

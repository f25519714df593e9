package spawn.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.association.AssociationTarget;
import spawn.association.AssociationTargets;
import spawn.error.InvalidRequest;
import spawn.error.ProfileConflict;
import spawn.inventory.Usage;
import spawn.inventory.UsageScan;
import spawn.policy.GrantDifference;
import spawn.profile.InstanceProfiles;
import spawn.profile.ProfileRequest;
import spawn.role.FullRole;
import spawn.role.KnownRole;
import spawn.role.LeaseTerms;
import spawn.role.Owner;
import spawn.role.RoleContent;
import spawn.role.RoleForecast;
import spawn.role.RoleForecasts;
import spawn.role.RoleRequest;
import spawn.role.Tags;

/**
 * Says what a payload would make, as AWS shows things now. It only reads, and no more than this:
 *
 * <ul>
 *   <li>of IAM: one read for each name that the role may have, up to seven, and for each name of
 *       its profile, up to two; the account's summary; and of the role of that name, and of the
 *       role that an existing instance has: the role, two lists, the profiles that hold it, each
 *       inline policy, and twice each managed policy and the boundary. A role's policies are
 *       bounded by IAM's quotas;
 *   <li>of EC2: the existing instance and its association; the launch template; and where an
 *       existing role has a profile, one page of a thousand instances after the other in each
 *       enabled region;
 *   <li>of Systems Manager: one parameter.
 * </ul>
 */
public final class LaunchPlans {
  /** How long all regions together may take to say which instances carry a role's profiles. */
  private static final Duration EVERYWHERE = Duration.ofSeconds(15);

  private final IamClient iam;
  private final Ec2Client ec2;
  private final AssociationTargets targets;
  private final UsageScan scan;
  private final ImageParameters parameters;
  private final PlannedStack stack;
  private final Owner owner;
  private final Clock clock;
  private final LeaseTerms terms;

  /**
   * Creates the service.
   *
   * @param ec2 EC2 in the stack's region
   * @param targets says whether an existing instance may be changed
   * @param scan finds out which instances carry a profile
   * @param stack the stack whose roles they are
   */
  public LaunchPlans(
      IamClient iam,
      Ec2Client ec2,
      AssociationTargets targets,
      UsageScan scan,
      ImageParameters parameters,
      PlannedStack stack,
      Clock clock,
      LeaseTerms terms) {
    this.iam = iam;
    this.ec2 = ec2;
    this.targets = targets;
    this.scan = scan;
    this.parameters = parameters;
    this.stack = stack;
    this.owner = stack.owner();
    this.clock = clock;
    this.terms = terms;
  }

  /** Returns what the payload would make. */
  public Plan plan(PlanRequest request) {
    IamClient once = new OnceReadIam(iam);
    HoldingsReader reader = new HoldingsReader(once);
    Found found = found(request, once, reader);
    JsonNode instance = found.launch().map(PinnedLaunch::instance).orElse(null);
    String hash = PlanHash.of(request, instance, found.pins());
    Optional<Plan.Question> question = question(request, found);
    return new Plan(
        new PlanDocument(request, found, stack, hash).json(question.isPresent()),
        hash,
        found.pins(),
        instance,
        question.orElse(null));
  }

  private Found found(PlanRequest request, IamClient once, HoldingsReader reader) {
    Optional<RoleForecast> forecast =
        request.role().map(new RoleForecasts(once, owner, clock, terms)::of);
    Optional<KnownRole> existing = forecast.flatMap(this::readable);
    Optional<Looked> looked = request.instanceId().map(id -> look(id, reader));
    Holdings after = after(request, existing, reader);
    Optional<KnownRole> before =
        request.instanceId().isPresent() ? looked.flatMap(Looked::role) : existing;
    Optional<PinnedLaunch> launch =
        request.instance().map(json -> PinnedLaunch.of(json, ec2, parameters));
    List<InstanceProfile> profiles = existing.map(reader::profilesOf).orElse(List.of());
    return new Found(
        forecast,
        after,
        before,
        GrantDifference.between(
            before.map(reader::of).orElse(Holdings.NONE).documents(), after.documents()),
        request.needsProfile()
            ? forecast.map(role -> profile(role, request, once))
            : Optional.empty(),
        looked,
        launch,
        profiles,
        profiles.isEmpty()
            ? Usage.NOT_ASKED
            : scan.instancesOf(scan.regions(), profiles, EVERYWHERE),
        once.getAccountSummary().summaryMap(),
        pins(request, forecast, after, launch, new RoleContent(once)));
  }

  /**
   * Returns the role under the name that a launch would come to, if what it holds may be told: of
   * roles that are neither the stack's nor open to its launches, whoever may launch learns no more
   * than that they are there.
   */
  private Optional<KnownRole> readable(RoleForecast forecast) {
    return forecast
        .role()
        .filter(role -> owner.owns(role) || forecast.outcome() == RoleForecast.Outcome.USE);
  }

  /**
   * Returns what would be in force: what the payload says, or, where it only names a role, what
   * that holds.
   */
  private static Holdings after(
      PlanRequest request, Optional<KnownRole> existing, HoldingsReader reader) {
    boolean isOnlyNamed = !request.role().map(RoleRequest::described).orElse(true);
    return existing
        .filter(role -> isOnlyNamed)
        .map(reader::of)
        .or(() -> request.role().map(reader::of))
        .orElse(Holdings.NONE);
  }

  private Looked look(String instanceId, HoldingsReader reader) {
    try {
      AssociationTarget target = targets.look(instanceId);
      Optional<KnownRole> role =
          Optional.ofNullable(target.profile())
              .map(profile -> profile.arn().substring(profile.arn().lastIndexOf('/') + 1))
              .flatMap(reader::roleIn);
      return new Looked(Optional.of(target), Optional.empty(), role);
    } catch (InvalidRequest refusal) {
      return new Looked(
          Optional.empty(), Optional.of(refusal.problems().get(0).message()), Optional.empty());
    }
  }

  private ProfileForecast profile(RoleForecast role, PlanRequest request, IamClient once) {
    InstanceProfiles profiles = new InstanceProfiles(once, owner, clock);
    List<String> names =
        request.profileName().map(List::of).orElseGet(() -> profiles.namesFor(role.name()));
    Optional<String> refusal = Optional.empty();
    for (String name : names) {
      try {
        return new ProfileForecast(
            name,
            Optional.of(
                profiles.planned(
                    new ProfileRequest(
                        name,
                        role.name(),
                        role.role().map(KnownRole::id).orElse(null),
                        role.outcome() == RoleForecast.Outcome.CREATE,
                        role.role().map(KnownRole::created).orElse(null),
                        "",
                        ""))),
            Optional.empty());
      } catch (ProfileConflict conflict) {
        refusal = Optional.of(conflict.getMessage());
      }
    }
    return new ProfileForecast(names.get(0), Optional.empty(), refusal);
  }

  private static Pins pins(
      PlanRequest request,
      Optional<RoleForecast> forecast,
      Holdings after,
      Optional<PinnedLaunch> launch,
      RoleContent content) {
    return new Pins(
        launch.flatMap(PinnedLaunch::image).orElse(null),
        launch.flatMap(PinnedLaunch::template).orElse(null),
        after.managed().stream()
            .map(Pins.Policy::of)
            .sorted(Comparator.comparing(Pins.Policy::arn))
            .toList(),
        after.boundary().map(Pins.Policy::of).orElse(null),
        forecast
            .filter(role -> role.outcome().isOfExisting())
            .flatMap(RoleForecast::role)
            .map(content::of)
            .filter(role -> !isAsAsked(role, request))
            .map(LaunchPlans::pin)
            .orElse(null));
  }

  private static boolean isAsAsked(FullRole role, PlanRequest request) {
    return request.role().map(role::differencesFrom).filter(List::isEmpty).isPresent();
  }

  private static Pins.Role pin(FullRole full) {
    KnownRole role = full.role();
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.put("trust", role.trustPolicy());
    content.put("session", role.maxSessionDuration());
    content.put("boundary", role.permissionsBoundary().orElse(null));
    Tags.ofCaller(role.tags()).forEach(content.putObject("tags")::put);
    ObjectNode inline = content.putObject("inline");
    full.policies().inline().forEach(inline::set);
    full.policies().managed().forEach(content.putArray("managed")::add);
    return new Pins.Role(role.name(), PlanHash.ofJson(content));
  }

  private static Optional<Plan.Question> question(PlanRequest request, Found found) {
    return request
        .instance()
        .flatMap(launch -> found.forecast())
        .filter(role -> role.outcome().isOfExisting())
        .flatMap(
            role ->
                found
                    .profile()
                    .flatMap(ProfileForecast::settledArn)
                    .map(arn -> new Plan.Question(arn, role.name())));
  }
}

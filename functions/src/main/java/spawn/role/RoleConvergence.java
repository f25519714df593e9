package spawn.role;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.error.Problem;
import spawn.error.QuotaExceeded;
import spawn.error.RoleBeingDeleted;
import spawn.error.RoleConflict;
import spawn.policy.Permissions;
import spawn.policy.PolicyDocument;

/**
 * Makes a role of a set hold just what the set asks for: it puts, attaches, detaches and deletes
 * until it is so.
 *
 * <p>What a role really holds decides, not what was asked for before, so that a run which stopped
 * anywhere, or a person's hand, is made good by the next one. Before the first change a role is
 * tagged as being changed, and its lease names it again only after the last one: meanwhile no
 * launch uses it. More is granted before less is taken, so that what runs under the role never
 * lacks what both versions allow.
 *
 * <p>IAM may show for a while what was there before (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html">changes are not
 * always immediately visible</a>). Calls that a late reading repeats do no harm; where the role's
 * own tag says that its content was another, all that it should hold is written, whatever the
 * listing shows.
 */
public final class RoleConvergence {
  /** The value of {@link Tags#LEASED_ID} while a role is changed: no role has this id. */
  private static final String CHANGING = "changing";

  /**
   * A lease that is over: nobody relies on the role yet, and the first launch that does renews it.
   */
  private static final String NO_LEASE = Instant.EPOCH.toString();

  private final IamClient iam;
  private final Roles roles;

  /** Creates the service on one account's IAM. */
  public RoleConvergence(IamClient iam, Roles roles) {
    this.iam = iam;
    this.roles = roles;
  }

  /**
   * One call that brings a role nearer to what it should be.
   *
   * @param description what it changes, or nothing where it only makes sure
   */
  private record Change(Optional<String> description, Runnable call) {
    static Change of(String description, Runnable call) {
      return new Change(Optional.of(description), call);
    }

    static Change unheard(Runnable call) {
      return new Change(Optional.empty(), call);
    }
  }

  /**
   * Makes the role exist with what the request asks for, and nothing else.
   *
   * @param set the name of the set; a role without its tag is not touched
   * @param planOnly whether only to tell what would be changed
   * @throws RoleConflict if the name is taken by a role that is not of this set, or whose trust
   *     policy or boundary would have to change
   * @throws RoleBeingDeleted if the set is being removed
   * @throws NotVisibleYet if IAM does not show, or not yet accept, what was just made; to be tried
   *     again
   * @throws QuotaExceeded if the account has no room for the role or its policies, with the counts
   * @throws InvalidRequest if IAM refuses a policy, or a managed policy does not exist
   */
  public ConvergedRole converge(RoleRequest request, String set, boolean planOnly) {
    String name = request.names().get(0);
    Optional<KnownRole> found = roles.find(name);
    if (found.isEmpty() && planOnly) {
      List<String> changes = new ArrayList<>(List.of("create role"));
      changes.addAll(descriptions(missing(name, request, Holding.NOTHING, true)));
      return new ConvergedRole(Optional.empty(), EnsuredRole.Outcome.CREATED, changes);
    }
    return found
        .map(role -> use(role, request, set, planOnly))
        .orElseGet(() -> create(name, request, set));
  }

  private ConvergedRole create(String name, RoleRequest request, String set) {
    Optional<KnownRole> made =
        roles.make(
            name,
            request,
            "Made by spawn for the role set " + set,
            List.of(Tags.of(Tags.SET, set), Tags.of(Tags.LEASE_UNTIL, NO_LEASE)));
    if (made.isEmpty()) {
      return use(roles.shown(name), request, set, false);
    }
    List<Change> changes = missing(name, request, Holding.NOTHING, true);
    run(name, changes);
    finish(made.get());
    List<String> described = new ArrayList<>(List.of("create role"));
    described.addAll(descriptions(changes));
    return new ConvergedRole(made, EnsuredRole.Outcome.CREATED, described);
  }

  private ConvergedRole use(KnownRole role, RoleRequest request, String set, boolean planOnly) {
    checkOwner(role, request, set);
    boolean certain =
        role.isWhole() && request.permissions().hash().hex().equals(role.tags().get(Tags.POLICIES));
    Map<String, String> tags = tagsToSet(role, request);
    List<Change> changes = changes(role, request, certain);
    List<String> described = new ArrayList<>();
    tags.forEach((key, value) -> described.add("set tag %s=%s".formatted(key, value)));
    described.addAll(descriptions(changes));
    if (!planOnly && !(certain && described.isEmpty())) {
      begin(role, request, tags);
      run(role.name(), changes);
      finish(role);
    }
    return new ConvergedRole(
        Optional.of(role),
        described.isEmpty() ? EnsuredRole.Outcome.REUSED : EnsuredRole.Outcome.UPDATED,
        described);
  }

  private void checkOwner(KnownRole role, RoleRequest request, String set) {
    if (!role.isManaged() || !role.set().equals(Optional.of(set))) {
      throw new RoleConflict(
          "Role \"%s\" (%s) %s, so it was left as it is. Choose another $.namePrefix, or remove that role yourself."
              .formatted(
                  role.name(),
                  role.arn(),
                  role.isManaged()
                      ? role.set()
                          .map("belongs to the role set \"%s\""::formatted)
                          .orElse("was made by spawn for launches")
                      : "was not made by spawn"));
    }
    if (role.isMarked()) {
      throw new RoleBeingDeleted(
          "The role %s is being removed with its role set \"%s\". Run the set again in about half an hour, when it is gone; if that removal was given up, remove the set again, or take the mark off: aws iam untag-role --role-name %s --tag-keys %s"
              .formatted(role.name(), set, role.name(), Tags.DELETING));
    }
    Permissions wanted = request.permissions();
    List<String> fixed = new ArrayList<>();
    if (!RoleContent.parsed(role.trustPolicy()).equals(wanted.trustPolicy())) {
      fixed.add("who may assume it");
    }
    if (!role.permissionsBoundary().equals(Optional.of(wanted.permissionsBoundary()))) {
      fixed.add("its permissions boundary");
    }
    if (!fixed.isEmpty()) {
      throw new RoleConflict(
          "Role \"%s\" of the role set \"%s\" differs in what is never changed on a role that exists: %s. Give it another name, or remove the set and make it again."
              .formatted(role.name(), set, String.join(" and ", fixed)));
    }
  }

  /** What a role holds. */
  private record Holding(Map<String, JsonNode> inline, List<String> managed) {
    static final Holding NOTHING = new Holding(Map.of(), List.of());
  }

  private Holding holding(KnownRole role) {
    RoleContent content = new RoleContent(iam);
    try {
      return new Holding(content.inlinePolicies(role.name()), content.managedPolicies(role.name()));
    } catch (NoSuchEntityException notShownYetOrGone) {
      throw Roles.notYet(role.name());
    }
  }

  private List<Change> changes(KnownRole role, RoleRequest request, boolean certain) {
    String name = role.name();
    Permissions wanted = request.permissions();
    Holding held = holding(role);
    List<Change> more = missing(name, request, held, certain);
    List<Change> less = surplus(name, request, held);
    Set<String> both = new LinkedHashSet<>(held.managed());
    both.addAll(wanted.managedPolicyArns());
    List<Change> changes = new ArrayList<>();
    List<String> tags =
        role.tags().keySet().stream()
            .filter(key -> !Tags.isReserved(key) && !containsIgnoringCase(request.tags(), key))
            .toList();
    if (!tags.isEmpty()) {
      changes.add(
          Change.of(
              "remove tags " + String.join(", ", tags),
              () -> unlessGone(() -> iam.untagRole(untag -> untag.roleName(name).tagKeys(tags)))));
    }
    if (role.maxSessionDuration() != wanted.maxSessionDuration()) {
      changes.add(
          Change.of(
              "set longest session to %d s".formatted(wanted.maxSessionDuration()),
              () -> updateSession(role, wanted)));
    }
    // What does not fit beside what is there has to wait until that has gone.
    boolean fits = both.size() <= AccountQuotas.LEAST_ATTACHED_POLICIES && isInlineAlone(held);
    changes.addAll(fits ? more : less);
    changes.addAll(fits ? less : more);
    return changes;
  }

  private static boolean isInlineAlone(Holding held) {
    return Set.of(Roles.INLINE_POLICY).containsAll(held.inline().keySet());
  }

  private List<Change> missing(String name, RoleRequest request, Holding held, boolean certain) {
    Permissions wanted = request.permissions();
    List<Change> changes = new ArrayList<>();
    for (String arn : wanted.managedPolicyArns()) {
      Runnable attach = () -> roles.attach(name, arn, wanted.managedPolicyArns().size());
      if (!held.managed().contains(arn)) {
        changes.add(Change.of("attach " + arn, attach));
      } else if (!certain) {
        changes.add(Change.unheard(attach));
      }
    }
    if (!wanted.inlinePolicy().isEmpty()) {
      Optional<PolicyDocument> there =
          Optional.ofNullable(held.inline().get(Roles.INLINE_POLICY)).map(PolicyDocument::of);
      Runnable put = () -> roles.putInlinePolicy(name, wanted);
      if (!there.equals(Optional.of(wanted.inlinePolicy()))) {
        changes.add(Change.of("put inline policy " + Roles.INLINE_POLICY, put));
      } else if (!certain) {
        changes.add(Change.unheard(put));
      }
    }
    return changes;
  }

  private List<Change> surplus(String name, RoleRequest request, Holding held) {
    Permissions wanted = request.permissions();
    List<Change> changes = new ArrayList<>();
    for (String policy : held.inline().keySet()) {
      if (!policy.equals(Roles.INLINE_POLICY) || wanted.inlinePolicy().isEmpty()) {
        changes.add(
            Change.of(
                "delete inline policy " + policy,
                () ->
                    unlessGone(
                        () ->
                            iam.deleteRolePolicy(
                                delete -> delete.roleName(name).policyName(policy)))));
      }
    }
    for (String arn : held.managed()) {
      if (!wanted.managedPolicyArns().contains(arn)) {
        changes.add(
            Change.of(
                "detach " + arn,
                () ->
                    unlessGone(
                        () ->
                            iam.detachRolePolicy(detach -> detach.roleName(name).policyArn(arn)))));
      }
    }
    return changes;
  }

  /** What is not there any more counts as done. */
  private static void unlessGone(Runnable call) {
    try {
      call.run();
    } catch (NoSuchEntityException goneAlready) {
      return;
    }
  }

  private void updateSession(KnownRole role, Permissions wanted) {
    try {
      iam.updateRole(
          update -> update.roleName(role.name()).maxSessionDuration(wanted.maxSessionDuration()));
    } catch (NoSuchEntityException notAcceptedYetOrGone) {
      throw Roles.notYet(role.name());
    }
  }

  private static Map<String, String> tagsToSet(KnownRole role, RoleRequest request) {
    Map<String, String> tags = new TreeMap<>(request.tags());
    tags.entrySet().removeIf(tag -> tag.getValue().equals(role.tags().get(tag.getKey())));
    return tags;
  }

  private static boolean containsIgnoringCase(Map<String, String> tags, String key) {
    return tags.keySet().stream().anyMatch(key::equalsIgnoreCase);
  }

  private void begin(KnownRole role, RoleRequest request, Map<String, String> more) {
    List<Tag> tags = new ArrayList<>();
    more.forEach((key, value) -> tags.add(Tags.of(key, value)));
    tags.add(Tags.of(Tags.POLICIES, request.permissions().hash().hex()));
    tags.add(Tags.of(Tags.LEASED_ID, CHANGING));
    tag(role, tags);
  }

  /**
   * Says that the role is whole. A lease that a launch has written stays; only one that a deletion
   * has taken off is written.
   */
  private void finish(KnownRole role) {
    List<Tag> tags = new ArrayList<>(List.of(Tags.of(Tags.LEASED_ID, role.id())));
    if (!role.tags().containsKey(Tags.LEASE_UNTIL)) {
      tags.add(Tags.of(Tags.LEASE_UNTIL, NO_LEASE));
    }
    tag(role, tags);
  }

  private void tag(KnownRole role, List<Tag> tags) {
    try {
      iam.tagRole(tag -> tag.roleName(role.name()).tags(tags));
    } catch (NoSuchEntityException notAcceptedYetOrGone) {
      throw Roles.notYet(role.name());
    }
  }

  /** IAM knows nothing of the payload, so that of a set's many roles the message names the one. */
  private static void run(String name, List<Change> changes) {
    try {
      changes.forEach(change -> change.call().run());
    } catch (InvalidRequest refused) {
      throw new InvalidRequest(
          refused.problems().stream()
              .map(
                  problem ->
                      new Problem("$", "In role \"%s\": %s".formatted(name, problem.message())))
              .toList());
    }
  }

  private static List<String> descriptions(List<Change> changes) {
    return changes.stream().flatMap(change -> change.description().stream()).toList();
  }
}

package spawn.aws;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.CreateInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.CreateRoleRequest;
import software.amazon.awssdk.services.iam.model.IamException;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import spawn.local.OnTarget;
import spawn.local.Target;
import spawn.simulation.Interposed;

/** IAM's rules in the account that the end-to-end tests run in. */
@Tag("account")
@OnTarget
class AccountIamRulesIT {
  private static final String NAMES = "its names have no room for the run's own";
  private static final String LISTS = "it expects an account without other roles and profiles";
  private static final String QUOTA = "the account's quota may be another";
  private static final String RIGHTS = "the credentials have rights on every path";
  private static final String NOT_OURS = "it changes a role that is AWS's own";

  /** Why sentences are not tried in an account. */
  static final Map<String, String> UNTRIED = untried();

  private static Map<String, String> untried() {
    Map<String, String> reasons = new TreeMap<>();
    Stream.of("aRoleNameKeepsToItsCharactersAndLength", "aProfileNameKeepsToItsCharactersAndLength")
        .forEach(sentence -> reasons.put(sentence, NAMES));
    Stream.of(
            "listRolesLeavesOutTagsAndBoundary",
            "listRolesGoesByPathPrefixAndPages",
            "profilesAreListedByPathPrefix",
            "profilesAreListedInPages",
            "profilesAreListedWithTheirRoles",
            "profilesAreListedWithoutTheirTags",
            "theAccountsSummaryHoldsCountsBesideQuotas")
        .forEach(sentence -> reasons.put(sentence, LISTS));
    Stream.of(
            "aTrustPolicyHasItsOwnSizeWithoutWhiteSpace",
            "aRoleHasAtMostTenAttachedPoliciesByDefault")
        .forEach(sentence -> reasons.put(sentence, QUOTA));
    Stream.of("aServiceLinkedRoleIsChangedByItsServiceOnly", "aServiceLinkedRoleMayBeTagged")
        .forEach(sentence -> reasons.put(sentence, NOT_OURS));
    Stream.of(
            "whatIsNotThereIsDeniedToACallerWhoseRightsAreBoundToAPath",
            "aPathBindsRightsOnWhatIsThere")
        .forEach(sentence -> reasons.put(sentence, RIGHTS));
    return reasons;
  }

  @TestFactory
  List<DynamicTest> whatIsSaidOfIamHolds(Target target) {
    return new Sentences(target, IamRules.class, UNTRIED)
        .tests("Rules of IAM", pause -> new OnAccount(target, pause));
  }

  /** What the sentences call {@code worker} is in each attempt a role of another name. */
  private static final class OnAccount extends IamRules implements Sentences.Attempt, Interposed {
    private static final AtomicInteger ATTEMPTS = new AtomicInteger();
    private static final Set<String> NAMED = Set.of("RoleName", "InstanceProfileName");

    private final Set<String> roles = new HashSet<>();
    private final Set<String> profiles = new HashSet<>();
    private final Target target;
    private final Duration pause;
    private final String prefix;
    private final IamClient account;

    private OnAccount(Target target, Duration pause) {
      this.target = target;
      this.pause = pause;
      this.prefix = target.name() + "-" + ATTEMPTS.incrementAndGet() + "-";
      this.account = target.iam();
    }

    @Override
    public Object rules() {
      return this;
    }

    @Override
    public void begin() {
      // The sentences start with nothing.
    }

    @Override
    IamClient iam() {
      return before(IamClient.class, account);
    }

    @Override
    IamClient iamBoundToSpawnsPath() {
      throw new UnsupportedOperationException(RIGHTS);
    }

    @Override
    String givenServiceLinkedRole() {
      throw new UnsupportedOperationException(NOT_OURS);
    }

    @Override
    String absentPolicy() {
      return "arn:%s:iam::%s:policy/%sabsent"
          .formatted(target.partition(), target.account(), prefix);
    }

    @Override
    public AwsResponse call(AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
      AwsRequest asked = Renaming.of(request, NAMED, name -> prefix + name);
      if (asked instanceof CreateRoleRequest create) {
        roles.add(create.roleName());
      } else if (asked instanceof CreateInstanceProfileRequest create) {
        profiles.add(create.instanceProfileName());
      }
      try {
        AwsResponse answer = ask.apply(asked);
        if (!asked.getClass().getSimpleName().matches("(Get|List).*")) {
          LockSupport.parkNanos(pause.toNanos());
        }
        return Renaming.of(answer, Set.of(), text -> text.replace(prefix, ""));
      } catch (AwsServiceException refusal) {
        throw Renaming.of(refusal, text -> text.replace(prefix, ""));
      }
    }

    /** Removes what can be removed; {@code aws/accept} takes the rest in the end. */
    @Override
    public void close() {
      profiles.forEach(name -> ignoringRefusals(() -> removeProfile(name)));
      roles.forEach(name -> ignoringRefusals(() -> removeRole(name)));
    }

    private static void ignoringRefusals(Runnable removal) {
      try {
        removal.run();
      } catch (NoSuchEntityException neverMadeOrGone) {
        return;
      } catch (IamException notYet) {
        return;
      }
    }

    private void removeProfile(String name) {
      account
          .getInstanceProfile(get -> get.instanceProfileName(name))
          .instanceProfile()
          .roles()
          .forEach(
              role ->
                  account.removeRoleFromInstanceProfile(
                      remove -> remove.instanceProfileName(name).roleName(role.roleName())));
      account.deleteInstanceProfile(delete -> delete.instanceProfileName(name));
    }

    private void removeRole(String name) {
      account.listRolePoliciesPaginator(list -> list.roleName(name)).policyNames().stream()
          .forEach(
              policy ->
                  account.deleteRolePolicy(delete -> delete.roleName(name).policyName(policy)));
      account
          .listAttachedRolePoliciesPaginator(list -> list.roleName(name))
          .attachedPolicies()
          .stream()
          .forEach(
              policy ->
                  account.detachRolePolicy(
                      detach -> detach.roleName(name).policyArn(policy.policyArn())));
      account.deleteRole(delete -> delete.roleName(name));
    }
  }
}

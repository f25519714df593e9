package spawn.role;

import java.util.Map;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.LimitExceededException;
import software.amazon.awssdk.services.iam.model.SummaryKeyType;
import spawn.error.QuotaExceeded;

/**
 * Says which of IAM's quotas is used up, with the counts.
 *
 * <p>Making a role or a profile checks its own quota, and writes nothing when it refuses; so that
 * is counted only once IAM has refused. How many policies a role may have shows only after the role
 * is made; so that is counted before, but only where it can matter at all.
 */
public final class AccountQuotas {
  /**
   * How many managed policies a role may have in any account: the default, which can only be raised
   * (<a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM
   * quotas</a>).
   */
  static final int LEAST_ATTACHED_POLICIES = 10;

  private final IamClient iam;

  /** Creates a reader on one account's IAM. */
  public AccountQuotas(IamClient iam) {
    this.iam = iam;
  }

  /** Returns the failure of making one more role. */
  public QuotaExceeded roles(LimitExceededException refused) {
    return counted("roles", SummaryKeyType.ROLES, SummaryKeyType.ROLES_QUOTA, refused);
  }

  /** Returns the failure of making one more instance profile. */
  public QuotaExceeded instanceProfiles(LimitExceededException refused) {
    return counted(
        "instance profiles",
        SummaryKeyType.INSTANCE_PROFILES,
        SummaryKeyType.INSTANCE_PROFILES_QUOTA,
        refused);
  }

  /**
   * Checks that a role may have so many managed policies, before it is made.
   *
   * @throws QuotaExceeded if the account's quota is smaller
   */
  void checkAttachedPolicies(int wanted) {
    if (wanted <= LEAST_ATTACHED_POLICIES) {
      return;
    }
    int most = summary().get(SummaryKeyType.ATTACHED_POLICIES_PER_ROLE_QUOTA);
    if (wanted > most) {
      throw new QuotaExceeded(attachedPolicies(wanted, most));
    }
  }

  /** Returns the failure of attaching one of so many managed policies to a role that is there. */
  QuotaExceeded attachedPolicies(int wanted, LimitExceededException refused) {
    return new QuotaExceeded(
        attachedPolicies(wanted, summary().get(SummaryKeyType.ATTACHED_POLICIES_PER_ROLE_QUOTA)),
        refused);
  }

  private static String attachedPolicies(int wanted, int most) {
    return "The role should have %d managed policies, and the account's quota is %d a role. Have it raised, or name fewer."
        .formatted(wanted, most);
  }

  private QuotaExceeded counted(
      String what, SummaryKeyType count, SummaryKeyType quota, LimitExceededException refused) {
    Map<SummaryKeyType, Integer> summary = summary();
    return new QuotaExceeded(
        "The account has %s of %s %s. Have the quota raised, or remove some."
            .formatted(summary.get(count), summary.get(quota), what),
        refused);
  }

  /**
   * Returns IAM's own counts (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html">GetAccountSummary</a>).
   */
  private Map<SummaryKeyType, Integer> summary() {
    return iam.getAccountSummary().summaryMap();
  }
}

package spawn.role;

import java.util.Map;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.LimitExceededException;
import software.amazon.awssdk.services.iam.model.SummaryKeyType;
import spawn.error.QuotaExceeded;

/**
 * Says which of IAM's quotas is used up, with the counts.
 *
 * <p>It asks only once IAM has refused: the refusal wrote nothing, and a count taken before is out
 * of date by the time of the write.
 */
public final class AccountQuotas {
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

  /** Returns the failure of attaching one of so many managed policies to a role. */
  QuotaExceeded attachedPolicies(int wanted, LimitExceededException refused) {
    return new QuotaExceeded(
        "The role should have %d managed policies, and the account's quota is %s a role. Have it raised, or name fewer."
            .formatted(wanted, summary().get(SummaryKeyType.ATTACHED_POLICIES_PER_ROLE_QUOTA)),
        refused);
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

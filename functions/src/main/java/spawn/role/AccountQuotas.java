package spawn.role;

import java.util.Map;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.LimitExceededException;
import software.amazon.awssdk.services.iam.model.SummaryKeyType;
import spawn.error.QuotaExceeded;

/**
 * Says which of IAM's quotas is used up, with the counts.
 *
 * <p>IAM checks the quotas of roles and profiles when one is created, and writes nothing if it
 * refuses; so these are counted only after a refusal. It checks how many policies a role may have
 * only once the role exists; so that is counted before, but only if it can matter at all.
 */
public final class AccountQuotas {
  /**
   * How many managed policies a role may have in every account: the default quota, which can only
   * be raised (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM
   * quotas</a>).
   */
  static final int MIN_ATTACHED_POLICIES_QUOTA = 10;

  /** Which part of the account's roles stays free of roles that only people remove: a tenth. */
  private static final int KEPT_FREE = 10;

  private final IamClient iam;

  /** Creates a reader on one account's IAM. */
  public AccountQuotas(IamClient iam) {
    this.iam = iam;
  }

  /** Returns the failure of creating one more role. */
  public QuotaExceeded roles(LimitExceededException refused) {
    return counted("roles", SummaryKeyType.ROLES, SummaryKeyType.ROLES_QUOTA, refused);
  }

  /** Returns the failure of creating one more instance profile. */
  public QuotaExceeded instanceProfiles(LimitExceededException refused) {
    return counted(
        "instance profiles",
        SummaryKeyType.INSTANCE_PROFILES,
        SummaryKeyType.INSTANCE_PROFILES_QUOTA,
        refused);
  }

  /**
   * Checks that a role which no sweep removes by itself may be created: the last tenth of the
   * account's roles stays for those of launches, which the sweep removes, and for everyone else.
   *
   * @throws QuotaExceeded if fewer are free
   */
  void checkRoomForRoleThatStays() {
    Map<SummaryKeyType, Integer> summary = summary();
    int count = summary.getOrDefault(SummaryKeyType.ROLES, 0);
    int quota = summary.getOrDefault(SummaryKeyType.ROLES_QUOTA, Integer.MAX_VALUE);
    if (count >= quota - quota / KEPT_FREE) {
      throw new QuotaExceeded(
          "The account has %d of %d roles. While less than a tenth is free, spawn makes only roles that its sweep removes: of EC2 alone, and without a name of their own. Leave out the name and other trusted services, remove roles, or ask AWS for a higher quota."
              .formatted(count, quota));
    }
  }

  /**
   * Checks that a role may have so many managed policies, before it is created.
   *
   * @throws QuotaExceeded if the account's quota is smaller
   */
  void checkAttachedPolicies(int wanted) {
    if (wanted <= MIN_ATTACHED_POLICIES_QUOTA) {
      return;
    }
    Integer quota = summary().get(SummaryKeyType.ATTACHED_POLICIES_PER_ROLE_QUOTA);
    if (quota != null && wanted > quota) {
      throw new QuotaExceeded(attachedPolicies(wanted, quota.toString()));
    }
  }

  /** Returns the failure of attaching one of so many managed policies to an existing role. */
  QuotaExceeded attachedPolicies(int wanted, LimitExceededException refused) {
    return new QuotaExceeded(
        attachedPolicies(wanted, told(summary(), SummaryKeyType.ATTACHED_POLICIES_PER_ROLE_QUOTA)),
        refused);
  }

  private static String attachedPolicies(int wanted, String quota) {
    return "The role should have %d managed policies, and the account's quota is %s a role. Ask AWS for a higher quota, or name fewer."
        .formatted(wanted, quota);
  }

  private QuotaExceeded counted(
      String what, SummaryKeyType count, SummaryKeyType quota, LimitExceededException refused) {
    Map<SummaryKeyType, Integer> summary = summary();
    return new QuotaExceeded(
        "The account has %s of %s %s. Ask AWS for a higher quota, or remove some."
            .formatted(told(summary, count), told(summary, quota), what),
        refused);
  }

  private static String told(Map<SummaryKeyType, Integer> summary, SummaryKeyType number) {
    return summary.containsKey(number) ? summary.get(number).toString() : "?";
  }

  /**
   * Returns IAM's own counts and quotas (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html">GetAccountSummary</a>).
   * It does not promise each of them: where one is missing, IAM's own refusal decides.
   */
  private Map<SummaryKeyType, Integer> summary() {
    return iam.getAccountSummary().summaryMap();
  }
}

package spawn.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.GetAccountSummaryRequest;
import software.amazon.awssdk.services.iam.model.GetAccountSummaryResponse;
import software.amazon.awssdk.services.iam.model.LimitExceededException;
import software.amazon.awssdk.services.iam.model.SummaryKeyType;
import spawn.error.QuotaExceeded;

/** Quotas by what IAM tells of the account, and where it does not tell. */
class AccountQuotasTest {
  private final LimitExceededException refused =
      LimitExceededException.builder().message("Cannot exceed quota").build();

  private static AccountQuotas telling(Map<SummaryKeyType, Integer> numbers) {
    return new AccountQuotas(
        new IamClient() {
          @Override
          public GetAccountSummaryResponse getAccountSummary(GetAccountSummaryRequest request) {
            return GetAccountSummaryResponse.builder().summaryMap(numbers).build();
          }

          @Override
          public String serviceName() {
            return SERVICE_NAME;
          }

          @Override
          public void close() {
            // holds nothing
          }
        });
  }

  @Test
  void theLastTenthOfTheRolesStaysFreeOfThoseThatStay() {
    assertThatCode(
            () ->
                telling(Map.of(SummaryKeyType.ROLES, 899, SummaryKeyType.ROLES_QUOTA, 1000))
                    .checkRoomForRoleThatStays())
        .doesNotThrowAnyException();
    assertThatExceptionOfType(QuotaExceeded.class)
        .isThrownBy(
            () ->
                telling(Map.of(SummaryKeyType.ROLES, 900, SummaryKeyType.ROLES_QUOTA, 1000))
                    .checkRoomForRoleThatStays())
        .withMessageStartingWith("The account has 900 of 1000 roles.");
  }

  @Test
  void aQuotaThatIamDoesNotTellRefusesNothing() {
    AccountQuotas silent = telling(Map.of());

    assertThatCode(silent::checkRoomForRoleThatStays).doesNotThrowAnyException();
    assertThatCode(() -> silent.checkAttachedPolicies(11)).doesNotThrowAnyException();
  }

  @Test
  void whatIamRefusesIsToldWithoutTheNumbersThatItDoesNotTell() {
    AccountQuotas silent = telling(Map.of(SummaryKeyType.ROLES, 1000));

    assertThat(silent.roles(refused)).hasMessageStartingWith("The account has 1000 of ? roles.");
    assertThat(silent.attachedPolicies(11, refused))
        .hasMessageStartingWith(
            "The role should have 11 managed policies, and the account's quota is ? a role.");
  }
}

package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.json;
import static spawn.policy.Payloads.problems;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.error.Problems;
import spawn.policy.StackContext.BroadAccess;

/** Names of services that belong to a partition. */
class TrustedServicesTest {
  private static ResolvedPermissions resolved(String partition, String services) {
    Problems found = new Problems();
    ResolvedPermissions resolved =
        new PermissionsReader(Payloads.stack(partition, BroadAccess.WARN))
            .read(json("{'policies': [], 'trustServices': [" + services + "]}"), "$.iam", found);
    assertThat(found.list()).isEmpty();
    return resolved;
  }

  @Test
  void ec2HasTwoNamesInChinaAndNodeRolesTrustBoth() {
    ResolvedPermissions resolved = resolved("aws-cn", "'ec2', 'ec2.amazonaws.com.cn'");

    assertThat(resolved.permissions().trustedServices())
        .containsExactly("ec2.amazonaws.com", "ec2.amazonaws.com.cn");
    assertThat(resolved.warnings()).extracting(Warning::code).containsExactly("NO_PERMISSIONS");
    assertThat(TrustedPrincipals.of(resolved.permissions().trustPolicy().toString()).isEc2Only())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "aws, ecs.application-autoscaling, ecs.application-autoscaling.amazonaws.com",
    "aws, states.us-east-1, states.us-east-1.amazonaws.com",
    "aws, states.us-east-1.amazonaws.com, states.us-east-1.amazonaws.com",
    "aws, delivery.logs.amazonaws.com, delivery.logs.amazonaws.com",
    "aws-cn, ec2, ec2.amazonaws.com",
    "aws-cn, batch.amazonaws.com.cn, batch.amazonaws.com.cn",
    "aws-cn, states.cn-north-1.amazonaws.com.cn, states.cn-north-1.amazonaws.com.cn",
    "aws-us-gov, ec2.amazonaws.com, ec2.amazonaws.com",
    "aws-iso, config.c2s.ic.gov, config.c2s.ic.gov",
    "aws-iso-b, ec2.sc2s.sgov.gov, ec2.sc2s.sgov.gov",
    "aws-eusc, ec2.amazonaws.eu, ec2.amazonaws.eu"
  })
  void aLongNameOfThePartitionIsTakenAsItIs(String partition, String named, String principal) {
    assertThat(resolved(partition, "'" + named + "'").permissions().trustedServices())
        .containsExactly(principal);
  }

  @ParameterizedTest
  @CsvSource({
    "aws, ec2.amazonaws.com.cn",
    "aws-us-gov, ec2.amazonaws.com.cn",
    "aws, ec2.c2s.ic.gov",
    "aws, ec2.sc2s.sgov.gov",
    "aws, ec2.cloud.adc-e.uk",
    "aws, ec2.csp.hci.ic.gov",
    "aws, ec2.amazonaws.eu",
    "aws-cn, ec2.c2s.ic.gov",
    "aws-iso, ec2.sc2s.sgov.gov",
    "aws, ec2.aws.internal",
    "aws, accounts.google.com",
    "aws, ec2.amazonaws",
    "aws, ec2.amazonaws.co",
    "aws, ec2.amazonaws.com.",
    "aws, amazonaws.com",
    "aws, .amazonaws.com"
  })
  void aNameOfAnotherPartitionOrDomainIsRefused(String partition, String named) {
    assertThat(
            problems(
                json("{'trustServices': ['" + named + "']}"),
                Payloads.stack(partition, BroadAccess.WARN)))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.iam.trustServices[0]");
              assertThat(problem.message()).contains("write", "for example ec2");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "aws-cn, batch.amazonaws.com.cn, true",
    "aws-cn, spotfleet.amazonaws.com.cn, true",
    "aws-cn, ec2.amazonaws.com.cn, false",
    "aws, batch.amazonaws.com, true"
  })
  void theBoundaryIsThatOfTheServiceUnderEitherOfItsNames(
      String partition, String service, boolean isOfServices) {
    StackContext stack = Payloads.stack(partition, BroadAccess.WARN);

    assertThat(
            List.of(resolved(partition, "'" + service + "'").permissions().permissionsBoundary()))
        .containsExactly(isOfServices ? stack.serviceBoundary() : stack.defaultBoundary());
  }
}

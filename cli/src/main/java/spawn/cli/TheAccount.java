package spawn.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Vpc;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.SummaryKeyType;
import spawn.cli.Doctor.Look;

/** What launches need in the account and in the stack's region. */
final class TheAccount {
  /** Above this part of a quota of IAM the functions make no more roles. */
  private static final double FULL = 0.9;

  private final Connection connection;

  TheAccount(Connection connection) {
    this.connection = connection;
  }

  /** Returns what to look at. */
  List<Look> looks() {
    return List.of(
        new Look("default VPC", this::network),
        new Look("instances", this::instances),
        new Look("roles", () -> quota("roles", SummaryKeyType.ROLES, SummaryKeyType.ROLES_QUOTA)),
        new Look(
            "instance profiles",
            () ->
                quota(
                    "instance profiles",
                    SummaryKeyType.INSTANCE_PROFILES,
                    SummaryKeyType.INSTANCE_PROFILES_QUOTA)));
  }

  private Finding network() {
    try (Ec2Client ec2 = connection.ec2(connection.region())) {
      Optional<Vpc> vpc =
          ec2.describeVpcs(asked -> asked.filters(filter("is-default"))).vpcs().stream()
              .findFirst();
      if (vpc.isEmpty()) {
        return Finding.missing(
            "default VPC",
            "there is none in %s: name a subnet in each launch, or run aws ec2 create-default-vpc"
                .formatted(connection.region()));
      }
      int subnets =
          ec2.describeSubnets(asked -> asked.filters(filter("default-for-az"))).subnets().size();
      return subnets > 0
          ? Finding.ok("default VPC", "%s with %d subnets".formatted(vpc.get().vpcId(), subnets))
          : Finding.missing(
              "default VPC",
              "%s has no subnets of its own: name a subnet in each launch, or run aws ec2 create-default-subnet"
                  .formatted(vpc.get().vpcId()));
    }
  }

  private static Filter filter(String name) {
    return Filter.builder().name(name).values("true").build();
  }

  private Finding instances() {
    double processors = new ServiceQuotas(connection).value("ec2", "L-1216C47A");
    String detail = "%.0f vCPUs of on-demand standard instances".formatted(processors);
    return processors >= 1
        ? Finding.ok("instances", detail)
        : Finding.missing(
            "instances",
            detail
                + ": ask for more by aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value …");
  }

  private Finding quota(String what, SummaryKeyType used, SummaryKeyType most) {
    try (IamClient iam = connection.iam()) {
      Map<SummaryKeyType, Integer> summary = iam.getAccountSummary().summaryMap();
      int count = summary.getOrDefault(used, 0);
      int quota = summary.getOrDefault(most, 0);
      if (quota == 0) {
        return Finding.unknown(what, "IAM does not tell the quota");
      }
      String detail = "%d of %d".formatted(count, quota);
      return count < quota * FULL
          ? Finding.ok(what, detail)
          : Finding.missing(
              what, detail + ", and a tenth stays free: run spawn cleanup-iam, or raise the quota");
    }
  }
}

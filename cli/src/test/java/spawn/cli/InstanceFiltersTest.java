package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import software.amazon.awssdk.services.ec2.model.Filter;

/** What EC2 is asked for by the options of a list. */
class InstanceFiltersTest {
  @CommandLine.Command
  private static final class Listing {
    @Mixin private InstanceFilters filters;
  }

  private static InstanceFilters parsed(String... arguments) {
    Listing listing = new Listing();
    new CommandLine(listing).parseArgs(arguments);
    return listing.filters;
  }

  private static Optional<List<String>> values(String name, String... arguments) {
    return parsed(arguments).ofEc2().stream()
        .filter(filter -> filter.name().equals(name))
        .map(Filter::values)
        .findFirst();
  }

  @Test
  void onlySpawnsInstancesThatHaveNotEndedAreListedUnlessOthersAreAskedFor() {
    assertThat(values("tag:spawn:managed")).contains(List.of("true"));
    assertThat(values("instance-state-name").orElseThrow())
        .contains("running", "stopped", "shutting-down")
        .doesNotContain("terminated");
    assertThat(values("tag:spawn:managed", "--all")).isEmpty();
    assertThat(values("instance-state-name", "--state", "terminated,stopped"))
        .contains(List.of("terminated", "stopped"));
  }

  @Test
  void namesAndArraysAreTags() {
    assertThat(values("tag:Name", "--name", "web-*,db")).contains(List.of("web-*", "db"));
    assertThat(values("tag:" + ListedInstance.JOB_ARRAY, "--job-array-name", "training"))
        .contains(List.of("training"));
  }

  @Test
  void anyFilterOfEc2IsTakenAsTheAwsCliTakesIt() {
    assertThat(
            parsed(
                    "--filter",
                    "Name=tag:Stage,Values=prod,test",
                    "--filter",
                    "Name=instance-type,Values=t3.*")
                .ofEc2())
        .contains(
            RegionInstances.filter("tag:Stage", List.of("prod", "test")),
            RegionInstances.filter("instance-type", List.of("t3.*")));
  }

  @Test
  void whatIsNoStateOrNoFilterIsRefusedWithWhatIs() {
    assertThatThrownBy(() -> parsed("--state", "runing"))
        .hasMessageContaining("\"runing\" is not one of: pending, running");
    assertThatThrownBy(() -> parsed("--filter", "tag:Stage=prod"))
        .hasMessageContaining("Name=tag:Stage,Values=prod,test");
  }

  @Test
  void aRoleIsThatOfTheAssociationAndMayHaveWildcards() {
    ListedInstance plain = SampleInstances.instance(1, "web");
    ListedInstance worker =
        new ListedInstance(
            plain.region(),
            plain.instance(),
            InstanceRole.named("arn:aws:iam::123456789012:instance-profile/p", "worker.1"));

    assertThat(parsed("--role", "worker.1").isOfRole(worker)).isTrue();
    assertThat(parsed("--role", "work*").isOfRole(worker)).isTrue();
    assertThat(parsed("--role", "worker?1").isOfRole(worker)).isTrue();
    assertThat(parsed("--role", "worker").isOfRole(worker)).isFalse();
    assertThat(parsed("--role", "workerX1").isOfRole(worker)).isFalse();
    assertThat(parsed("--role", "*").isOfRole(plain)).isFalse();
    assertThat(parsed().isOfRole(plain)).isTrue();
  }

  @Test
  void aNameIsNoPattern() {
    assertThat(RegionInstances.literal("web*?\\1")).isEqualTo("web\\*\\?\\\\1");
  }

  @Test
  void aRowHasADashWhereThereIsNothing() {
    Table table = ListedInstance.table();
    SampleInstances.instance(1, "web").addTo(table);

    assertThat(table.lines())
        .containsExactly(
            "NAME  INSTANCE ID          TYPE      STATE    IAM ROLE  IP  REGION",
            "web   i-0123456789abcdef1  t3.micro  running  -         -   us-east-1");
  }
}

package spawn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;

/** {@code spawn list}: the instances that spawn has launched, and the roles that they have now. */
@Command(
    name = "list",
    description = "Lists the instances that spawn has launched, with the roles that they have now.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn list --state running --regions us-east-1,eu-west-1"})
final class ListInstances implements Callable<Integer> {
  private final Shell shell;

  @Mixin private StackOptions stack;
  @Mixin private OutputOption output;
  @Mixin private InstanceFilters filters;

  @Option(
      names = "--regions",
      paramLabel = "REGION",
      split = ",",
      description =
          "the regions to look in; if left out, that of --region, or else all that the account has enabled")
  private List<String> regions = List.of();

  ListInstances(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Connection connection = stack.connect(shell);
    List<Region> places = places(connection);
    Map<Region, RegionInstances> there = new HashMap<>();
    InstanceRoles roles = new InstanceRoles(connection.iam());
    places.forEach(
        region ->
            there.put(region, new RegionInstances(region.id(), connection.ec2(region), roles)));
    EachRegion<List<ListedInstance>> each =
        EachRegion.ask(places, region -> there.get(region).list(filters.ofEc2()));
    List<ListedInstance> found =
        each.answers().stream()
            .flatMap(List::stream)
            .filter(filters::isOfRole)
            .sorted(ListedInstance.ORDER)
            .toList();
    print(found);
    each.notes().forEach(shell.err()::println);
    return each.hasFailed() || (isChosen(connection) && !each.notes().isEmpty())
        ? CommandFailure.FAILED
        : 0;
  }

  private boolean isChosen(Connection connection) {
    return !regions.isEmpty() || connection.chosenRegion().isPresent();
  }

  private List<Region> places(Connection connection) {
    if (!regions.isEmpty()) {
      return regions.stream().distinct().map(Region::of).toList();
    }
    if (connection.chosenRegion().isPresent()) {
      return List.of(connection.region());
    }
    try (Ec2Client ec2 = connection.ec2(connection.region())) {
      return ec2.describeRegions().regions().stream()
          .map(enabled -> Region.of(enabled.regionName()))
          .toList();
    } catch (Ec2Exception denied) {
      if (denied.awsErrorDetails() == null
          || !"UnauthorizedOperation".equals(denied.awsErrorDetails().errorCode())) {
        throw denied;
      }
      shell
          .err()
          .println(
              "Only %s is looked at: you may not list the regions (ec2:DescribeRegions)."
                  .formatted(connection.region()));
      return List.of(connection.region());
    }
  }

  private void print(List<ListedInstance> found) {
    Table table = ListedInstance.table();
    ArrayNode json = Json.array();
    for (ListedInstance instance : found) {
      instance.addTo(table);
      json.add(instance.json());
    }
    output.print(shell, json, table);
  }
}

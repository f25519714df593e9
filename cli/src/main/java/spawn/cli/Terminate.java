package spawn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;

/** {@code spawn terminate}: ends instances that spawn has launched, all that are named or none. */
@Command(
    name = "terminate",
    description = "Terminates instances that spawn has launched, by their names or ids.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn terminate test-iam test-write --yes"})
final class Terminate implements Callable<Integer> {
  /**
   * How many ids a call takes (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html">TerminateInstances</a>).
   */
  private static final int MOST_AT_ONCE = 1000;

  private final Shell shell;

  @Mixin private StackOptions stack;
  @Mixin private OutputOption output;

  @Parameters(
      paramLabel = "NAME|ID",
      arity = "1..*",
      description = "names or ids of instances in the region; a name may be that of one job array")
  private List<String> words = List.of();

  @Option(names = "--yes", description = "does not ask")
  private boolean yes;

  Terminate(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Connection connection = stack.connect(shell);
    Region region = connection.region();
    try (Ec2Client ec2 = connection.ec2(region)) {
      RegionInstances instances =
          new RegionInstances(region.id(), ec2, new InstanceRoles(connection.iam()));
      Set<String> asked = new LinkedHashSet<>(words);
      List<ListedInstance> meant = InstanceTargets.meant(asked, instances.named(asked));
      meant.stream()
          .filter(ListedInstance::hasEnded)
          .forEach(one -> shell.err().println("%s is %s.".formatted(one.inWords(), one.state())));
      List<ListedInstance> toEnd = meant.stream().filter(one -> !one.hasEnded()).toList();
      if (!toEnd.isEmpty()) {
        Consent.to(shell, yes, question(toEnd));
        end(ec2, instances, toEnd);
      }
      print(instances.named(meant.stream().map(ListedInstance::id).toList()));
    }
    return 0;
  }

  /** Says what is to end: each instance, and the job arrays that are meant by one name. */
  private static String question(List<ListedInstance> toEnd) {
    String arrays =
        toEnd.stream()
            .flatMap(one -> one.jobArray().stream())
            .distinct()
            .map(
                name ->
                    " %d of the job array %s."
                        .formatted(
                            toEnd.stream()
                                .filter(one -> one.jobArray().filter(name::equals).isPresent())
                                .count(),
                            Table.printable(name)))
            .collect(Collectors.joining());
    return "This terminates %d instance%s: %s.%s"
        .formatted(
            toEnd.size(),
            toEnd.size() == 1 ? "" : "s",
            toEnd.stream().map(ListedInstance::inWords).collect(Collectors.joining(", ")),
            arrays);
  }

  private void end(Ec2Client ec2, RegionInstances instances, List<ListedInstance> toEnd) {
    List<String> ids = toEnd.stream().map(ListedInstance::id).toList();
    try {
      for (int at = 0; at < ids.size(); at += MOST_AT_ONCE) {
        List<String> some = ids.subList(at, Math.min(ids.size(), at + MOST_AT_ONCE));
        ec2.terminateInstances(terminate -> terminate.instanceIds(some));
      }
    } catch (Ec2Exception refused) {
      if (!isProtected(refused)) {
        throw refused;
      }
      throw CommandFailure.failed(protectedOnes(refused, instances.named(ids)));
    }
  }

  /** Returns whether instances are protected, by themselves or by their Auto Scaling group. */
  private static boolean isProtected(Ec2Exception refused) {
    return refused.awsErrorDetails() != null
        && "OperationNotPermitted".equals(refused.awsErrorDetails().errorCode());
  }

  /**
   * Says what is protected, and what has become of the others: EC2 leaves all instances of a zone
   * alone in which one is protected, and terminates those of other zones.
   */
  private static String protectedOnes(Ec2Exception refused, List<ListedInstance> now) {
    List<String> ended = new ArrayList<>();
    now.stream().filter(ListedInstance::hasEnded).forEach(one -> ended.add(one.inWords()));
    return Stream.of(
            refused.awsErrorDetails().errorMessage(),
            "Take the protection off with aws ec2 modify-instance-attribute --no-disable-api-termination --instance-id ID.",
            ended.isEmpty()
                ? "Nothing was terminated."
                : "Terminated nevertheless, since they are in other zones: "
                    + String.join(", ", ended)
                    + ".")
        .collect(Collectors.joining(" "));
  }

  private void print(List<ListedInstance> ended) {
    Table table = Table.of("NAME", "INSTANCE ID", "STATE");
    ArrayNode json = Json.array();
    for (ListedInstance instance : ended.stream().sorted(ListedInstance.ORDER).toList()) {
      table.row(instance.name(), instance.id(), instance.state());
      json.add(instance.json());
    }
    output.print(shell, json, table);
  }
}

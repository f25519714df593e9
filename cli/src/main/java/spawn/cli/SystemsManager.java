package spawn.cli;

import java.util.Optional;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.InstanceInformation;
import software.amazon.awssdk.services.ssm.model.InstanceInformationStringFilter;
import software.amazon.awssdk.services.ssm.model.PingStatus;
import software.amazon.awssdk.services.ssm.model.SsmException;

/**
 * Whether Systems Manager reaches an instance, and what is missing where it does not: the agent,
 * the permission of the instance's role, or the way to the service.
 */
final class SystemsManager {
  private static final String PREREQUISITES =
      "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-prerequisites.html";

  private final SsmClient ssm;

  SystemsManager(SsmClient ssm) {
    this.ssm = ssm;
  }

  /**
   * Checks that an instance runs and that its agent has been heard of.
   *
   * @throws CommandFailure if it has not, with what to add and how
   */
  void check(ListedInstance instance) {
    if (!instance.state().equals("running")) {
      throw CommandFailure.failed(
          "%s is %s; only a running instance can be reached."
              .formatted(instance.inWords(), instance.state()));
    }
    Optional<InstanceInformation> agent;
    try {
      agent =
          ssm
              .describeInstanceInformation(
                  list ->
                      list.filters(
                          InstanceInformationStringFilter.builder()
                              .key("InstanceIds")
                              .values(instance.id())
                              .build()))
              .instanceInformationList()
              .stream()
              .findFirst();
    } catch (SsmException refused) {
      if (isDenied(refused)) {
        return; // the call itself will tell
      }
      throw refused;
    }
    if (agent.filter(known -> known.pingStatus() == PingStatus.ONLINE).isEmpty()) {
      throw unreached(instance, agent.map(InstanceInformation::agentVersion));
    }
  }

  private static boolean isDenied(SsmException refused) {
    return refused.awsErrorDetails() != null
        && "AccessDeniedException".equals(refused.awsErrorDetails().errorCode());
  }

  /**
   * Returns what is missing where Systems Manager does not reach an instance.
   *
   * @param agentVersion of the agent that has been heard of some time ago
   */
  static CommandFailure unreached(ListedInstance instance, Optional<String> agentVersion) {
    if (agentVersion.isPresent()) {
      return CommandFailure.failed(
          "Systems Manager has lost the agent of %s (version %s): it has stopped, or has no way to the service any more. %s"
              .formatted(instance.inWords(), agentVersion.get(), PREREQUISITES));
    }
    return CommandFailure.failed(
        String.join(
            "\n  ",
            "Systems Manager does not know %s. It needs".formatted(instance.inWords()),
            "a role that lets its agent in: %s. Launch with --iam-policy ssm:Session, give it such a role by spawn associate, or turn on Default Host Management Configuration, which lets in agents whatever the role;"
                .formatted(
                    instance
                        .role()
                        .inWords()
                        .map(role -> "its role is " + Table.printable(role))
                        .orElse("it has none")),
            "the agent, which images of Amazon Linux, Ubuntu and Windows have, of version 3.3.40.0 or newer; an older one runs commands with --iam-managed-policies AmazonSSMManagedInstanceCore only;",
            "a way to ssm and ssmmessages of the region: an address, a NAT gateway or endpoints;",
            "and some minutes after its start, or after a change of its role. " + PREREQUISITES));
  }
}

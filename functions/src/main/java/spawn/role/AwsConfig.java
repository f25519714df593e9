package spawn.role;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import spawn.policy.AssumedRole;

/**
 * The text of an AWS config file by which what runs under a role assumes others: a profile for each
 * (<a href="https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html">roles in the
 * AWS CLI</a>, which the SDKs read too).
 */
public final class AwsConfig {
  private AwsConfig() {}

  /**
   * Returns the file's text.
   *
   * @param assumedRoles the roles to assume
   * @param trustedServices the principals of the services under which the role is used
   * @return the text; nothing if there are no roles to assume, or where credentials do not come
   *     from an instance or a container
   */
  public static Optional<String> of(List<AssumedRole> assumedRoles, List<String> trustedServices) {
    Optional<String> source =
        source(trustedServices).filter(credentials -> !assumedRoles.isEmpty());
    return source.map(
        credentials -> {
          Set<String> names = new HashSet<>();
          StringBuilder text = new StringBuilder();
          for (AssumedRole role : assumedRoles) {
            text.append(text.isEmpty() ? "" : "\n")
                .append("[profile %s]\n".formatted(unusedName(role.arn(), names)))
                .append("role_arn = %s\n".formatted(role.arn()))
                .append("credential_source = %s\n".formatted(credentials));
            role.externalId().ifPresent(id -> text.append("external_id = %s\n".formatted(id)));
          }
          return text.toString();
        });
  }

  private static Optional<String> source(List<String> trustedServices) {
    if (isAnyOf(trustedServices, "ec2")) {
      return Optional.of("Ec2InstanceMetadata");
    }
    return isAnyOf(trustedServices, "ecs-tasks") ? Optional.of("EcsContainer") : Optional.empty();
  }

  private static boolean isAnyOf(List<String> principals, String service) {
    return principals.stream().anyMatch(principal -> principal.startsWith(service + "."));
  }

  /**
   * Returns a name that says whose role it is and that does not change with the other roles: the
   * role's name and its account. Only two roles of one name in different paths of one account, of
   * which one cannot exist, get a number too.
   */
  private static String unusedName(String arn, Set<String> used) {
    String account = arn.split(":", 6)[4];
    String role = arn.substring(arn.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9_.@+-]", "-");
    String name = role + "-" + account;
    int number = 2;
    String unused = name;
    while (!used.add(unused)) {
      unused = name + "-" + number++;
    }
    return unused;
  }
}

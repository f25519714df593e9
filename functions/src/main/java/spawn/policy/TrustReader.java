package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import spawn.payload.Quote;

/** Reads {@code trustServices}, who may assume the role, and the boundary that depends on it. */
final class TrustReader {
  private static final String SERVICES = "trustServices";
  private static final String BOUNDARY = "permissionsBoundary";

  private static final String SUFFIX = ".amazonaws.com";
  private static final String EC2 = "ec2" + SUFFIX;

  /**
   * How names of services end in a partition beside {@link #SUFFIX}, by its domain (<a
   * href="https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json">the SDKs'
   * table of partitions</a>). In China, for example, EKS asks node roles to trust EC2 under both
   * names.
   */
  private static final Map<String, String> SUFFIXES =
      Map.of(
          "aws-cn", ".amazonaws.com.cn",
          "aws-iso", ".c2s.ic.gov",
          "aws-iso-b", ".sc2s.sgov.gov",
          "aws-iso-e", ".cloud.adc-e.uk",
          "aws-iso-f", ".csp.hci.ic.gov",
          "aws-eusc", ".amazonaws.eu");

  /** What ends a domain, and no short name of a service. */
  private static final Pattern DOMAIN =
      Pattern.compile(
          ".*\\.(?:com|cn|gov|uk|eu|net|org|internal|aws)|(?:.*\\.)?amazonaws(?:\\..*)?");

  private static final int MAX_SERVICE_CHARACTERS = 64;
  private static final Pattern SERVICE =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

  /**
   * Services that pass other roles on by the role that they assume: <a
   * href="https://docs.aws.amazon.com/batch/latest/userguide/service_IAM_role.html">AWS Batch</a>
   * and <a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-fleet-prerequisites.html">Spot
   * Fleet</a>. A boundary that allows it must only be on roles that nobody else may assume.
   */
  private static final Set<String> ROLE_PASSING_SERVICES = Set.of("batch", "spotfleet");

  private final StackContext context;

  TrustReader(StackContext context) {
    this.context = context;
  }

  /** Returns the principals of the services that may assume the role; EC2 if none is named. */
  List<String> services(Reading reading) {
    Optional<JsonNode> given = reading.field(SERVICES);
    if (given.isEmpty()) {
      return List.of(EC2);
    }
    Set<String> principals = new LinkedHashSet<>();
    int named =
        reading.texts(
            SERVICES, (text, at) -> principal(text, at, reading).ifPresent(principals::add));
    if (named == 0 && given.get().isArray()) {
      reading.problem(
          reading.path(SERVICES), "Must name at least one service. Leave it out for \"ec2\".");
    }
    if (principals.isEmpty()) {
      return List.of(EC2);
    }
    warn(principals, reading);
    return List.copyOf(principals);
  }

  /** Returns the principal of a service; its short name is wanted, the long one understood. */
  private Optional<String> principal(String text, String at, Reading reading) {
    String suffix = suffix(text);
    String name = text.substring(0, text.length() - suffix.length());
    boolean isOfNoPartition =
        suffix.isEmpty() ? DOMAIN.matcher(text).matches() : name.contains("amazonaws");
    if (isOfNoPartition) {
      reading.problem(
          at,
          "%s is not the name of a service in this stack's partition, \"%s\", where names end in %s: write the short name, for example ec2 or ecs-tasks."
              .formatted(Quote.of(text), context.partition(), String.join(" or ", suffixes())));
      return Optional.empty();
    }
    if (name.length() > MAX_SERVICE_CHARACTERS || !SERVICE.matcher(name).matches()) {
      reading.problem(
          at,
          "%s is not the short name of a service: write for example ec2 or ecs-tasks."
              .formatted(Quote.of(text)));
      return Optional.empty();
    }
    return Optional.of(name + (suffix.isEmpty() ? SUFFIX : suffix));
  }

  /** Returns how the long name of a service ends; nothing for a short one. */
  private String suffix(String text) {
    return suffixes().stream().filter(text::endsWith).findFirst().orElse("");
  }

  private List<String> suffixes() {
    String own = SUFFIXES.get(context.partition());
    return own == null ? List.of(SUFFIX) : List.of(SUFFIX, own);
  }

  /** Returns the short name of a principal. */
  private String shortName(String principal) {
    return principal.substring(0, principal.length() - suffix(principal).length());
  }

  private void warn(Set<String> principals, Reading reading) {
    warnings(principals, reading.path(SERVICES)).forEach(reading::warning);
  }

  /** Returns what the caller should know of who may assume a role. */
  List<Warning> warnings(Collection<String> principals, String path) {
    List<Warning> warnings = new ArrayList<>();
    if (principals.stream().noneMatch(this::isEc2)) {
      warnings.add(
          new Warning(
              "NO_EC2_TRUST",
              Severity.MEDIUM,
              path,
              "EC2 may not assume the role, so instances get no credentials from it.",
              "Add \"ec2\" if instances are to use the role."));
    }
    for (String principal : principals) {
      if (!isEc2(principal)) {
        warnings.add(
            new Warning(
                "TRUST_BEYOND_EC2",
                Severity.MEDIUM,
                path,
                principal + " may assume the role, and so may everyone who can use it there.",
                "Trust \"ec2\" only, unless that service has to use the role."));
      }
    }
    return warnings;
  }

  private boolean isEc2(String principal) {
    return shortName(principal).equals("ec2");
  }

  /**
   * Returns the ARN of the permissions boundary.
   *
   * @param services the principals that may assume the role
   */
  String boundary(Reading reading, List<String> services) {
    boolean passesRoles =
        services.stream().map(this::shortName).allMatch(ROLE_PASSING_SERVICES::contains);
    String standard = passesRoles ? context.serviceBoundary() : context.defaultBoundary();
    Optional<JsonNode> given = reading.field(BOUNDARY);
    if (given.isEmpty()) {
      return standard;
    }
    Set<String> allowed = new LinkedHashSet<>(List.of(standard));
    allowed.addAll(context.allowedBoundaries());
    String boundary = given.get().asText();
    if (boundary.equals(context.serviceBoundary()) && reading.isWrong(SERVICES)) {
      return boundary; // it may be right for the services that are meant
    }
    if (!passesRoles && boundary.equals(context.serviceBoundary())) {
      reading.problem(
          reading.path(BOUNDARY),
          "This boundary lets a role pass other roles, so it is only for roles that nobody but batch and spotfleet may assume. Leave it out, or trust only these in \"trustServices\".");
    } else if (!given.get().isTextual() || !allowed.contains(boundary)) {
      reading.problem(
          reading.path(BOUNDARY),
          "Must be one of the boundaries that this stack allows: %s. The stack's parameter AllowedBoundaryArns adds to them."
              .formatted(String.join(", ", allowed)));
    }
    return boundary;
  }
}

package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import spawn.error.Problems;
import spawn.payload.Quote;
import spawn.policy.StackContext.BroadAccess;

/**
 * Reads the permission fields of a payload's {@code iam} object.
 *
 * <p>The limits are those of the <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM user
 * guide</a>, at their defaults. Where the guide counts the characters of an inline policy, IAM's
 * own refusal counts bytes, so bytes are counted.
 */
public final class PermissionsReader {
  /**
   * The fields of {@code iam} that this class reads; the others belong to the role and its profile.
   */
  public static final Set<String> FIELDS =
      Set.of(
          "policies",
          "resources",
          "managedPolicies",
          "policyDocument",
          "statements",
          "assumeRoles",
          "trustServices",
          "maxSessionDuration",
          "permissionsBoundary");

  /** The size of all inline policies of a role, in bytes without white space. */
  static final int MAX_INLINE_BYTES = 10_240;

  /** The size of a trust policy, in characters without white space. */
  static final int MAX_TRUST_CHARACTERS = 2_048;

  /** Longer lists hold nothing that a role could: reading on would only cost time. */
  private static final int MAX_ENTRIES = 200;

  private static final int MIN_SESSION_SECONDS = 3_600;
  private static final int MAX_SESSION_SECONDS = 43_200;
  private static final String EC2 = "ec2.amazonaws.com";
  private static final String SERVICE_SUFFIX = ".amazonaws.com";

  /**
   * Who passes roles on by the role that it assumes: <a
   * href="https://docs.aws.amazon.com/batch/latest/userguide/service_IAM_role.html">AWS Batch</a>
   * and <a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-fleet-prerequisites.html">Spot
   * Fleet</a>. A boundary that lets them must hold for nobody else.
   */
  private static final Set<String> PASSING =
      Set.of("batch" + SERVICE_SUFFIX, "spotfleet" + SERVICE_SUFFIX);

  private static final Pattern SERVICE =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

  /**
   * Names and paths as in <a href="https://docs.aws.amazon.com/IAM/latest/APIReference/">IAM</a>.
   */
  private static final Pattern ROLE_ARN =
      Pattern.compile(
          "arn:([a-z-]+):iam::\\d{12}:role(/[\\x21-\\x29+-\\x3E@-\\x7E]{1,510})?/[\\w+=,.@-]{1,64}");

  private static final Pattern MANAGED_POLICY_ARN =
      Pattern.compile(
          "arn:([a-z-]+):iam::(aws|\\d{12}):policy((/[\\x21-\\x29+-\\x3E@-\\x7E]{1,510})?/[\\w+=,.@-]{1,128})");

  private static final Pattern MANAGED_POLICY_NAME = Pattern.compile("[\\w+=,.@-]{1,128}");

  private final StackContext context;
  private final PolicyData data;

  /** Creates a reader for roles of one stack. */
  public PermissionsReader(StackContext context) {
    this(context, PolicyData.standard());
  }

  PermissionsReader(StackContext context, PolicyData data) {
    this.context = context;
    this.data = data;
  }

  /**
   * Reads the permission fields.
   *
   * @param iam the {@code iam} object; fields that are not in {@link #FIELDS} are left to the
   *     caller
   * @param path the JSON path of that object, {@code $.iam}
   * @param problems takes everything that is wrong; when it has taken anything, the result is not
   *     to be used
   */
  public ResolvedPermissions read(JsonNode iam, String path, Problems problems) {
    return new Reading(iam, path, problems).resolve();
  }

  /**
   * Returns the content of the default role, for launches that say nothing about permissions: an
   * instance may describe instances and tags, and terminate what spawn launched.
   */
  public ResolvedPermissions defaultRole() {
    Problems problems = new Problems();
    Permissions permissions = read(data.defaultRole().in(context), "$", problems).permissions();
    problems.throwIfAny();
    return new ResolvedPermissions(permissions, false, List.of(), List.of());
  }

  /** One reading of one payload. */
  private final class Reading {
    private final JsonNode iam;
    private final String path;
    private final Problems problems;
    private final List<Grant> grants = new ArrayList<>();
    private final List<Warning> warnings = new ArrayList<>();

    Reading(JsonNode iam, String path, Problems problems) {
      this.iam = iam;
      this.path = path;
      this.problems = problems;
    }

    ResolvedPermissions resolve() {
      boolean described = FIELDS.stream().anyMatch(iam::hasNonNull);
      words();
      statements();
      Set<String> managed = managedPolicies();
      Set<String> assumed = assumedRoles();
      Set<String> trusted = trustedServices();
      Permissions permissions =
          new Permissions(
              List.copyOf(trusted),
              PolicyDocument.of(grants.stream().map(Grant::statement).toList()),
              List.copyOf(managed),
              boundary(trusted),
              sessionSeconds());
      checkSizes(permissions);
      warnings.addAll(data.review().of(grants));
      if (described && permissions.inlinePolicy().isEmpty() && managed.isEmpty()) {
        warnings.add(
            new Warning(
                "NO_PERMISSIONS",
                Severity.LOW,
                path,
                "The role may do nothing.",
                "Say in \"policies\" what the instance needs, if it needs anything."));
      }
      if (context.broadAccess() == BroadAccess.REJECT) {
        rejectBroadAccess();
      }
      return new ResolvedPermissions(
          permissions, described, List.copyOf(assumed), List.copyOf(warnings));
    }

    private void rejectBroadAccess() {
      for (Warning warning : warnings) {
        if (warning.severity() == Severity.HIGH) {
          problems.add(
              warning.path(),
              warning.message()
                  + " This stack rejects such broad access ("
                  + warning.code()
                  + "). "
                  + warning.advice());
        }
      }
    }

    private void words() {
      PolicyWords words = new PolicyWords(data.templates(), problems);
      ScopeReader scopes = new ScopeReader(context, data.templates(), problems);
      texts("policies", words::word);
      texts("resources", (text, at) -> scopes.read(text, at).ifPresent(words::scope));
      grants.addAll(words.grants());
      warnings.addAll(words.warnings());
    }

    private void statements() {
      StatementReader reader = new StatementReader(context, problems);
      if (iam.hasNonNull("policyDocument")) {
        grants.addAll(reader.document(iam.get("policyDocument"), path + ".policyDocument"));
      }
      if (iam.hasNonNull("statements")) {
        grants.addAll(reader.statements(iam.get("statements"), path + ".statements"));
      }
    }

    private Set<String> managedPolicies() {
      Set<String> arns = new LinkedHashSet<>();
      texts("managedPolicies", (text, at) -> managedPolicy(text, at).ifPresent(arns::add));
      return arns;
    }

    private Optional<String> managedPolicy(String text, String at) {
      if (!text.startsWith("arn:")) {
        return awsPolicy(text, at);
      }
      Matcher arn = MANAGED_POLICY_ARN.matcher(text);
      if (!arn.matches()) {
        problems.add(
            at,
            Quote.of(text)
                + " is not the ARN of a managed policy, arn:"
                + context.partition()
                + ":iam::account:policy/name.");
        return Optional.empty();
      }
      if (!isOwnPartition(arn.group(1), text, at)) {
        return Optional.empty();
      }
      if (arn.group(2).equals("aws")) {
        checkListed(text, arn.group(3), at);
      }
      data.review().ofManagedPolicy(ManagedPolicies.name(text), at).ifPresent(warnings::add);
      return Optional.of(text);
    }

    private void checkListed(String arn, String policyPath, String at) {
      String name = ManagedPolicies.name(policyPath);
      if (ManagedPolicies.isServiceLinked(policyPath)) {
        serviceLinked(arn, at);
      } else if (!ManagedPolicies.list().pathOf(name).equals(Optional.of(policyPath))) {
        warnings.add(
            new Warning(
                "UNKNOWN_MANAGED_POLICY",
                Severity.LOW,
                at,
                Quote.of(arn) + " is not among the AWS managed policies that spawn knows.",
                ManagedPolicies.list()
                    .pathOf(name)
                    .map(known -> "That name is known as " + context.awsPolicyArn(known) + ".")
                    .orElse("Check that it exists, or the launch ends when it is attached.")));
      }
    }

    private Optional<String> awsPolicy(String name, String at) {
      Optional<String> policyPath = ManagedPolicies.list().pathOf(name);
      if (policyPath.isEmpty()) {
        problems.add(
            at,
            Quote.of(name)
                + (MANAGED_POLICY_NAME.matcher(name).matches()
                    ? " is no AWS managed policy. Nearest: "
                        + String.join(", ", ManagedPolicies.list().nearest(name))
                        + ". Policies of your own account are named by ARN."
                    : " is neither the name nor the ARN of a managed policy."));
      } else if (ManagedPolicies.isServiceLinked(policyPath.get())) {
        serviceLinked(name, at);
        return Optional.empty();
      }
      data.review().ofManagedPolicy(name, at).ifPresent(warnings::add);
      return policyPath.map(context::awsPolicyArn);
    }

    private void serviceLinked(String policy, String at) {
      problems.add(
          at,
          Quote.of(policy)
              + " belongs to a service-linked role and cannot be attached to another: leave it"
              + " out.");
    }

    private boolean isOwnPartition(String partition, String text, String at) {
      boolean own = partition.equals(context.partition());
      if (!own) {
        problems.add(
            at,
            Quote.of(text)
                + " lies in another partition than this stack, which is in \""
                + context.partition()
                + "\".");
      }
      return own;
    }

    private Set<String> assumedRoles() {
      Set<String> arns = new LinkedHashSet<>();
      texts(
          "assumeRoles",
          (text, at) -> {
            Matcher arn = ROLE_ARN.matcher(text);
            if (!arn.matches()) {
              problems.add(
                  at,
                  Quote.of(text)
                      + " is not the ARN of one role, such as arn:"
                      + context.partition()
                      + ":iam::111122223333:role/reader; wildcards are not allowed.");
            } else if (isOwnPartition(arn.group(1), text, at)) {
              arns.add(text);
            }
          });
      if (!arns.isEmpty()) {
        grants.add(
            new Grant(
                path + ".assumeRoles",
                Statement.allow(List.of("sts:AssumeRole"), List.copyOf(arns), Condition.NONE)));
      }
      return arns;
    }

    private Set<String> trustedServices() {
      Set<String> principals = new LinkedHashSet<>();
      String field = path + ".trustServices";
      if (!iam.hasNonNull("trustServices")) {
        return Set.of(EC2);
      }
      int named =
          texts("trustServices", (text, at) -> principal(text, at).ifPresent(principals::add));
      if (named == 0 && iam.get("trustServices").isArray()) {
        problems.add(field, "must name at least one service; leave it out for \"ec2\".");
      }
      if (!principals.isEmpty() && !principals.contains(EC2)) {
        warnings.add(
            new Warning(
                "NO_EC2_TRUST",
                Severity.MEDIUM,
                field,
                "EC2 may not assume the role, so that instances get no credentials from it.",
                "Add \"ec2\" if instances are to use the role."));
      }
      principals.stream()
          .filter(principal -> !principal.equals(EC2))
          .forEach(
              principal ->
                  warnings.add(
                      new Warning(
                          "TRUST_BEYOND_EC2",
                          Severity.MEDIUM,
                          field,
                          principal + " may assume the role, and so may whoever can use it there.",
                          "Trust \"ec2\" only, unless that service has to use the role.")));
      return principals.isEmpty() ? Set.of(EC2) : principals;
    }

    /** Returns the principal of a service; its short name is wanted, the long one understood. */
    private Optional<String> principal(String text, String at) {
      String name =
          text.endsWith(SERVICE_SUFFIX)
              ? text.substring(0, text.length() - SERVICE_SUFFIX.length())
              : text;
      if (name.length() > 64 || !SERVICE.matcher(name).matches()) {
        problems.add(
            at,
            Quote.of(text)
                + " is not the short name of a service: write for example ec2 or ecs-tasks.");
        return Optional.empty();
      }
      return Optional.of(name + SERVICE_SUFFIX);
    }

    private String boundary(Set<String> trusted) {
      boolean passing = PASSING.containsAll(trusted);
      String standard = passing ? context.serviceBoundary() : context.defaultBoundary();
      JsonNode boundary = iam.path("permissionsBoundary");
      if (boundary.isMissingNode() || boundary.isNull()) {
        return standard;
      }
      String field = path + ".permissionsBoundary";
      Set<String> allowed = new LinkedHashSet<>(List.of(standard));
      allowed.addAll(context.allowedBoundaries());
      if (!passing && boundary.asText().equals(context.serviceBoundary())) {
        problems.add(
            field,
            "lets a role pass other roles, and so is only for one that nothing but batch and"
                + " spotfleet may assume: leave it out, or trust only these in \"trustServices\".");
      } else if (!boundary.isTextual() || !allowed.contains(boundary.asText())) {
        problems.add(
            field,
            "must be one of the boundaries that this stack allows: "
                + String.join(", ", allowed)
                + ". The stack's parameter AllowedBoundaryArns lists those beside its own.");
      }
      return boundary.asText();
    }

    private int sessionSeconds() {
      JsonNode seconds = iam.path("maxSessionDuration");
      if (seconds.isMissingNode() || seconds.isNull()) {
        return MIN_SESSION_SECONDS;
      }
      if (!seconds.isIntegralNumber()
          || !seconds.canConvertToInt()
          || seconds.intValue() < MIN_SESSION_SECONDS
          || seconds.intValue() > MAX_SESSION_SECONDS) {
        problems.add(
            path + ".maxSessionDuration",
            "must be a whole number of seconds from "
                + MIN_SESSION_SECONDS
                + " to "
                + MAX_SESSION_SECONDS
                + ".");
        return MIN_SESSION_SECONDS;
      }
      return seconds.intValue();
    }

    private void checkSizes(Permissions permissions) {
      int inline = permissions.inlinePolicy().sizeInBytes();
      if (inline > MAX_INLINE_BYTES) {
        problems.add(
            path,
            "asks for an inline policy of "
                + inline
                + " bytes, but a role holds at most "
                + MAX_INLINE_BYTES
                + ": name fewer resources, or use wildcards or managed policies.");
      }
      int trust = permissions.trustPolicy().toString().length();
      if (trust > MAX_TRUST_CHARACTERS) {
        problems.add(
            path + ".trustServices",
            "makes a trust policy of "
                + trust
                + " characters, but a role holds at most "
                + MAX_TRUST_CHARACTERS
                + ": name fewer services.");
      }
    }

    /** Hands over the strings of a list with their paths. Returns how many entries it has. */
    private int texts(String field, BiConsumer<String, String> entry) {
      JsonNode list = iam.path(field);
      String at = path + "." + field;
      if (list.isMissingNode() || list.isNull()) {
        return 0;
      }
      if (!list.isArray()) {
        problems.add(at, "must be a list of strings, but is " + Quote.kind(list) + ".");
        return 0;
      }
      if (list.size() > MAX_ENTRIES) {
        problems.add(
            at, "has " + list.size() + " entries, but at most " + MAX_ENTRIES + " are read.");
        return list.size();
      }
      for (int index = 0; index < list.size(); index++) {
        JsonNode text = list.get(index);
        if (text.isTextual()) {
          entry.accept(text.asText(), at + "[" + index + "]");
        } else {
          problems.add(
              at + "[" + index + "]", "must be a string, but is " + Quote.kind(text) + ".");
        }
      }
      return list.size();
    }
  }
}

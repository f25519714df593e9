package spawn.launch;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What launches of one stack may use, as its owner says it in the stack's parameters. An empty list
 * limits nothing, but for {@code openResources} and {@code imageParameterArns}, which open what is
 * closed without them.
 *
 * @param instanceTypes patterns of instance types
 * @param maxInstances the most instances of one launch
 * @param subnets ids of subnets
 * @param securityGroups ids of security groups
 * @param images ids of images, and words: values of the tag {@code spawn:launch} on images
 * @param launchTemplates the same of launch templates
 * @param requiredTags keys of the tags that each launch gives its instances
 * @param userData whether a launch may bring user data, or a script to run
 * @param openResources the kinds of resources of others that need no owner's word
 * @param imageParameterArns patterns of the ARNs of Systems Manager parameters that hold images,
 *     beside AWS's own
 */
public record LaunchLimits(
    List<String> instanceTypes,
    OptionalInt maxInstances,
    List<String> subnets,
    List<String> securityGroups,
    List<String> images,
    List<String> launchTemplates,
    List<String> requiredTags,
    boolean userData,
    List<String> openResources,
    List<String> imageParameterArns) {
  /** The value of the tag that lets any stack's launches name something. */
  static final String WORD = "true";

  private static final String IMAGE = "ami-";
  private static final String LAUNCH_TEMPLATE = "lt-";

  /** Where AWS publishes its images. */
  private static final String PUBLIC_PARAMETERS = "parameter/aws/service/*";

  /** Splits a pattern before and after each wildcard. */
  private static final Pattern WILDCARDS = Pattern.compile("(?<=[*?])|(?=[*?])");

  /** How many components an ARN has. */
  private static final int ARN_PARTS = 6;

  /** Returns the limits in the values of the stack's parameters, by their names. */
  public static LaunchLimits of(Map<String, String> parameters) {
    String most = parameters.getOrDefault("MaxInstances", "").strip();
    return new LaunchLimits(
        list(parameters, "AllowedInstanceTypes"),
        most.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(most)),
        list(parameters, "AllowedSubnets"),
        list(parameters, "AllowedSecurityGroups"),
        list(parameters, "AllowedImages"),
        list(parameters, "AllowedLaunchTemplates"),
        list(parameters, "RequiredTags"),
        !"no".equals(parameters.get("AllowUserData")),
        list(parameters, "OpenResources"),
        list(parameters, "ImageParameterArns"));
  }

  private static List<String> list(Map<String, String> parameters, String name) {
    return Arrays.stream(parameters.getOrDefault(name, "").split(","))
        .map(String::strip)
        .filter(entry -> !entry.isEmpty())
        .toList();
  }

  boolean allowsType(String instanceType) {
    return instanceTypes.isEmpty()
        || instanceTypes.stream().anyMatch(pattern -> matches(pattern, instanceType));
  }

  /** Returns the words among the allowed images: what is no id. */
  List<String> imageWords() {
    return words(images, IMAGE);
  }

  /** Returns whether launches may name a kind of resource without its owner's word. */
  boolean opens(String kind) {
    return openResources.contains(kind);
  }

  /**
   * Returns whether launches may name any launch template. Where they may bring no user data, each
   * needs a word: it may hold some.
   */
  boolean opensLaunchTemplates() {
    return launchTemplates.isEmpty() && userData && opens("launch-template");
  }

  /** Returns the words that let a launch name a launch template. */
  List<String> launchTemplateWords() {
    return launchTemplates.isEmpty() ? List.of(WORD) : words(launchTemplates, LAUNCH_TEMPLATE);
  }

  private static List<String> words(List<String> allowed, String idPrefix) {
    return allowed.stream().filter(entry -> !entry.startsWith(idPrefix)).toList();
  }

  /**
   * Returns whether EC2 may read the parameter of an image.
   *
   * @param parameter what follows {@code resolve:ssm:}: a name or an ARN, and after another colon
   *     its version or label (<a
   *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-systems-manager-parameter-to-find-AMI.html">parameters
   *     for images</a>)
   */
  boolean allowsImageParameter(String parameter) {
    if (parameter.startsWith("arn:")) {
      String[] parts = parameter.split(":", -1);
      return parts.length >= ARN_PARTS
          && imageParameterArns.stream()
              .anyMatch(
                  pattern -> matches(pattern, String.join(":", Arrays.copyOf(parts, ARN_PARTS))));
    }
    return isPublicParameter(parameter)
        || imageParameterArns.stream()
            .anyMatch(pattern -> matches(lastPart(pattern), resource(parameter)));
  }

  /** Returns whether a parameter, as above, is one that AWS publishes. */
  static boolean isPublicParameter(String parameter) {
    return matches(PUBLIC_PARAMETERS, resource(parameter));
  }

  private static String resource(String parameter) {
    String name = parameter.replaceFirst(":.*", "");
    return "parameter/" + (name.startsWith("/") ? name.substring(1) : name);
  }

  private static String lastPart(String arn) {
    String[] parts = arn.split(":", ARN_PARTS);
    return parts[parts.length - 1];
  }

  /** Returns whether a text fits a pattern in which {@code *} is any text and {@code ?} one. */
  private static boolean matches(String pattern, String text) {
    String regex =
        WILDCARDS
            .splitAsStream(pattern)
            .map(
                part ->
                    switch (part) {
                      case "*" -> ".*";
                      case "?" -> ".";
                      default -> Pattern.quote(part);
                    })
            .collect(Collectors.joining());
    return Pattern.compile(regex, Pattern.DOTALL).matcher(text).matches();
  }
}

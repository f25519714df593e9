package spawn.launch;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import spawn.payload.ParameterList;

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
    ParameterList instanceTypes,
    OptionalInt maxInstances,
    ParameterList subnets,
    ParameterList securityGroups,
    ParameterList images,
    ParameterList launchTemplates,
    ParameterList requiredTags,
    boolean userData,
    ParameterList openResources,
    ParameterList imageParameterArns) {
  /** The value of the tag that lets any stack's launches name something. */
  static final String WORD = "true";

  private static final String IMAGE = "ami-";
  private static final String LAUNCH_TEMPLATE = "lt-";

  /** Where AWS publishes its images. */
  private static final String PUBLIC_PARAMETERS = "parameter/aws/service/*";

  /** How many components an ARN has. */
  private static final int ARN_PARTS = 6;

  /** Returns the limits in the values of the stack's parameters, by their names. */
  public static LaunchLimits of(Map<String, String> parameters) {
    String most = parameters.getOrDefault("MaxInstances", "").strip();
    return new LaunchLimits(
        ParameterList.of(parameters, "AllowedInstanceTypes"),
        most.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(most)),
        ParameterList.of(parameters, "AllowedSubnets"),
        ParameterList.of(parameters, "AllowedSecurityGroups"),
        ParameterList.of(parameters, "AllowedImages"),
        ParameterList.of(parameters, "AllowedLaunchTemplates"),
        ParameterList.of(parameters, "RequiredTags"),
        !"no".equals(parameters.get("AllowUserData")),
        ParameterList.of(parameters, "OpenResources"),
        ParameterList.of(parameters, "ImageParameterArns"));
  }

  boolean allowsType(String instanceType) {
    return instanceTypes.isEmpty() || instanceTypes.matches(instanceType);
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

  private static List<String> words(ParameterList allowed, String idPrefix) {
    return allowed.entries().stream().filter(entry -> !entry.startsWith(idPrefix)).toList();
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
          && imageParameterArns.matches(String.join(":", Arrays.copyOf(parts, ARN_PARTS)));
    }
    return isPublicParameter(parameter)
        || imageParameterArns.entries().stream()
            .anyMatch(arn -> ParameterList.matches(lastPart(arn), resource(parameter)));
  }

  /** Returns whether a parameter, as above, is one that AWS publishes. */
  static boolean isPublicParameter(String parameter) {
    return ParameterList.matches(PUBLIC_PARAMETERS, resource(parameter));
  }

  private static String resource(String parameter) {
    String name = parameter.replaceFirst(":.*", "");
    return "parameter/" + (name.startsWith("/") ? name.substring(1) : name);
  }

  private static String lastPart(String arn) {
    String[] parts = arn.split(":", ARN_PARTS);
    return parts[parts.length - 1];
  }
}

package spawn.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import spawn.payload.Nearest;
import spawn.payload.Quote;

/**
 * Says what is wrong with the <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html">policy
 * variables</a> of a resource: condition keys that have one value at a time, with a default in
 * single quotes if need be, or one of the three characters that are otherwise special.
 */
final class ResourceVariables {
  private static final String KEY =
      "[A-Za-z0-9.-]+:[A-Za-z0-9._-]+(?:/[\\w\\x20:/=+@.-]+?|:[\\w:./-]+)?";
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{(?:[*?$]|(" + KEY + ")(?:\\s*,\\s*'[^'{}]*')?)}");

  /**
   * The <a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html">global
   * condition keys</a> that have one value, in their spelling but for the tag's key.
   */
  private static final Set<String> GLOBAL =
      Set.of(
          "aws:AssumedRoot",
          "aws:CalledViaFirst",
          "aws:CalledViaLast",
          "aws:ChatbotSourceArn",
          "aws:CurrentTime",
          "aws:Ec2InstanceSourceVpc",
          "aws:Ec2InstanceSourcePrivateIPv4",
          "aws:EpochTime",
          "aws:FederatedProvider",
          "aws:IsMcpServiceAction",
          "aws:MultiFactorAuthAge",
          "aws:MultiFactorAuthPresent",
          "aws:PrincipalAccount",
          "aws:PrincipalArn",
          "aws:PrincipalIsAWSService",
          "aws:PrincipalOrgID",
          "aws:PrincipalServiceName",
          "aws:PrincipalTag/",
          "aws:PrincipalType",
          "aws:RequestTag/",
          "aws:RequestedRegion",
          "aws:ResourceAccount",
          "aws:ResourceOrgID",
          "aws:ResourceTag/",
          "aws:SecureTransport",
          "aws:SourceAccount",
          "aws:SourceArn",
          "aws:SourceIdentity",
          "aws:SourceIp",
          "aws:SourceOrgID",
          "aws:SourceVpc",
          "aws:SourceVpcArn",
          "aws:SourceVpce",
          "aws:TokenIssueTime",
          "aws:UserAgent",
          "aws:ViaAWSService",
          "aws:VpceAccount",
          "aws:VpceOrgID",
          "aws:VpcSourceIp",
          "aws:referer",
          "aws:userid",
          "aws:username");

  private ResourceVariables() {}

  /** Returns what is wrong with the variables of a text, as a sentence, or nothing. */
  static Optional<String> problem(String text) {
    Matcher variable = VARIABLE.matcher(text);
    for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", variable.end())) {
      if (!variable.region(at, text.length()).lookingAt()) {
        return Optional.of(
            "%s has a policy variable that IAM does not know: write for example ${aws:userid} or ${aws:PrincipalTag/team, 'none'}."
                .formatted(Quote.of(text)));
      }
      String key = variable.group(1);
      if (key != null && key.regionMatches(true, 0, "aws:", 0, 4) && !isGlobal(key)) {
        return Optional.of(
            "%s has the policy variable %s, which is no condition key of IAM with one value.%s"
                .formatted(
                    Quote.of(text),
                    Quote.of(key),
                    Nearest.question(key, List.copyOf(new TreeSet<>(GLOBAL)))));
      }
    }
    return Optional.empty();
  }

  private static boolean isGlobal(String key) {
    int slash = key.indexOf('/') + 1;
    String name = slash == 0 ? key : key.substring(0, slash);
    return GLOBAL.stream().anyMatch(name::equalsIgnoreCase);
  }
}

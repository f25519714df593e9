package spawn.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import spawn.payload.Nearest;
import spawn.payload.Quote;

/**
 * The variables of IAM's policy language (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html">variables
 * and tags</a>): {@code ${key}} or {@code ${key, 'default'}}, where the key is any condition key
 * with one value, and {@code ${*}}, {@code ${?}} and {@code ${$}} for the characters themselves.
 *
 * <p>IAM takes a document with variables that it cannot resolve; then the statement matches
 * nothing. So what is wrong with one is a doubt, not a problem.
 */
final class PolicyVariables {
  /** What a variable may look like, and its key. */
  private static final Pattern VARIABLE =
      Pattern.compile("[*?$]|([^\\s,'{}]+:[^\\s,'{}]+)(\\s*,\\s*'[^']*')?");

  /**
   * The keys that begin with {@code aws:}, without those of tags (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html">global
   * condition context keys</a>).
   */
  private static final List<String> GLOBAL_KEYS =
      List.of(
          "aws:AssumedRoot",
          "aws:CalledViaAWSMCP",
          "aws:CalledViaFirst",
          "aws:CalledViaLast",
          "aws:ChatbotSourceArn",
          "aws:CurrentTime",
          "aws:Ec2InstanceSourcePrivateIPv4",
          "aws:Ec2InstanceSourceVpc",
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
          "aws:PrincipalType",
          "aws:referer",
          "aws:RequestedRegion",
          "aws:ResourceAccount",
          "aws:ResourceOrgID",
          "aws:SecureTransport",
          "aws:SignInSessionArn",
          "aws:SourceAccount",
          "aws:SourceArn",
          "aws:SourceIdentity",
          "aws:SourceIp",
          "aws:SourceOrgID",
          "aws:SourceOwner",
          "aws:SourceVpc",
          "aws:SourceVpcArn",
          "aws:SourceVpce",
          "aws:TokenIssueTime",
          "aws:UserAgent",
          "aws:userid",
          "aws:username",
          "aws:ViaAWSMCPService",
          "aws:ViaAWSService",
          "aws:VpceAccount",
          "aws:VpceOrgID",
          "aws:VpcSourceIp");

  /** Keys with several values, which variables cannot stand for. */
  private static final Set<String> WITH_SEVERAL_VALUES =
      Set.of(
          "aws:calledvia",
          "aws:principalorgpaths",
          "aws:principalservicenameslist",
          "aws:resourceorgpaths",
          "aws:sourceorgpaths",
          "aws:tagkeys",
          "aws:vpceorgpaths");

  private static final Map<String, String> BY_LOWER_CASE = new TreeMap<>();

  static {
    GLOBAL_KEYS.forEach(key -> BY_LOWER_CASE.put(key.toLowerCase(Locale.ROOT), key));
  }

  private PolicyVariables() {}

  /**
   * Why a variable may not do what it is for.
   *
   * @param message what is wrong, as a sentence
   * @param advice what to write instead, as a sentence
   */
  record Doubt(String message, String advice) {}

  /**
   * Returns where what begins here ends: a whole variable, or one character.
   *
   * @param lastBrace where the text's last closing brace is: where there is none left, none is
   *     looked for, so that reading a text takes time in proportion to its length
   */
  static int next(String text, int at, int lastBrace) {
    return lastBrace > at && text.startsWith("${", at) ? text.indexOf('}', at) + 1 : at + 1;
  }

  /** Returns where the last closing brace is, for {@link #next}. */
  static int lastBrace(String text) {
    return text.lastIndexOf('}');
  }

  /** Returns a text with another in place of each variable; unclosed ones stay. */
  static String replaced(String text, String with) {
    if (!text.contains("${")) {
      return text;
    }
    StringBuilder replaced = new StringBuilder();
    int lastBrace = lastBrace(text);
    for (int at = 0; at < text.length(); ) {
      int next = next(text, at, lastBrace);
      replaced.append(next > at + 1 ? with : text.substring(at, next));
      at = next;
    }
    return replaced.toString();
  }

  /** Returns what is doubtful about the variables of a text, each doubt once. */
  static List<Doubt> doubts(String text) {
    List<Doubt> doubts = new ArrayList<>();
    int last = lastBrace(text);
    for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", at)) {
      if (at > last) {
        doubts.add(
            new Doubt(
                "%s has a policy variable without its closing brace, so it is plain text at best."
                    .formatted(Quote.of(text)),
                "Close it, as in ${aws:userid}, or write ${$} for a dollar sign."));
        break;
      }
      int end = text.indexOf('}', at);
      String variable = text.substring(at + 2, end);
      doubt(variable, doubts);
      at = end;
    }
    return doubts.stream().distinct().toList();
  }

  private static void doubt(String variable, List<Doubt> doubts) {
    String shown = Quote.of("${" + variable + "}");
    Matcher form = VARIABLE.matcher(variable);
    if (!form.matches()) {
      doubts.add(
          new Doubt(
              shown + " is not a policy variable that IAM knows, so it may match nothing.",
              "Write one such as ${aws:userid}, or ${aws:PrincipalTag/team, 'none'} with a default, without spaces in the key."));
      return;
    }
    String key = form.group(1);
    if (key == null) {
      return;
    }
    String folded = key.toLowerCase(Locale.ROOT);
    if (WITH_SEVERAL_VALUES.contains(folded)) {
      doubts.add(
          new Doubt(
              shown + " is a key with several values, which no policy variable can stand for.",
              "Use a key with one value, or a condition with ForAnyValue or ForAllValues."));
    } else if (folded.equals("aws:username") && form.group(2) == null) {
      doubts.add(
          new Doubt(
              shown + " has no value for a role, so the statement matches nothing.",
              "Use ${aws:userid}, which ends in the id of the instance, or give it a default."));
    } else if (folded.startsWith("aws:")
        && folded.indexOf('/') < 0
        && !BY_LOWER_CASE.containsKey(folded)) {
      doubts.add(
          new Doubt(
              "%s is none of AWS's global keys, so it may have no value.%s"
                  .formatted(shown, Nearest.question(key, GLOBAL_KEYS)),
              "Check its spelling."));
    }
  }
}

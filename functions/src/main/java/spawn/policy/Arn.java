package spawn.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * An ARN as a statement's resource has it, in parts: {@code arn}, partition, service, region,
 * account, and the resource, which may hold further colons.
 *
 * <p>An ARN may end early. "When you specify an incomplete ARN (one with fewer than the standard
 * six fields) in an identity-based policy, AWS automatically completes the ARN by adding wildcard
 * characters (*) to all missing fields" (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html">IAM user guide</a>).
 *
 * @param parts at most six; a policy variable is never split
 */
record Arn(List<String> parts) {
  private static final int PARTS = 6;

  /** Splits a text at its colons; what is not an ARN has parts too. */
  static Arn of(String text) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    int at = 0;
    int lastBrace = PolicyVariables.lastBrace(text);
    while (at < text.length() && parts.size() < PARTS - 1) {
      if (text.charAt(at) == ':') {
        parts.add(text.substring(from, at));
        from = at + 1;
      }
      at = PolicyVariables.next(text, at, lastBrace);
    }
    parts.add(text.substring(from));
    return new Arn(List.copyOf(parts));
  }

  /** Returns whether it has all six parts. */
  boolean isWhole() {
    return parts.size() == PARTS;
  }

  String partition() {
    return part(1);
  }

  String service() {
    return part(2);
  }

  String region() {
    return part(3);
  }

  String account() {
    return part(4);
  }

  String resource() {
    return part(5);
  }

  private String part(int index) {
    return index < parts.size() ? parts.get(index) : "";
  }

  /** Returns the ARN with any account. */
  Arn ofAnyAccount() {
    List<String> changed = new ArrayList<>(parts);
    changed.set(4, "*");
    return new Arn(List.copyOf(changed));
  }

  /** Returns whether a part holds a wildcard or a policy variable. */
  static boolean isOpen(String part) {
    return part.indexOf('*') >= 0 || part.indexOf('?') >= 0 || part.contains("${");
  }

  /**
   * Returns a resource that ends early as the whole ARN that it stands for, and any other as it is.
   *
   * <p>The ARNs of IAM and Route 53 have no region, and those of Route 53 no account: IAM refuses
   * even a wildcard there. What ends within the service, as {@code arn:aws:s3*}, stands for no one
   * ARN and stays as it is.
   */
  static String writtenOut(String resource) {
    Arn arn = of(resource);
    if (arn.isWhole() || !arn.parts.get(0).equals("arn") || arn.parts.size() < 2) {
      return resource;
    }
    String last = arn.parts.get(arn.parts.size() - 1);
    if (arn.parts.size() <= 3 && (last.equals("*") || arn.parts.size() == 2)) {
      return last.equals("*") ? "*" : resource;
    }
    if (isOpen(arn.service())) {
      return resource;
    }
    boolean noAccount = arn.service().equals("route53");
    boolean noRegion = noAccount || arn.service().equals("iam");
    return String.join(
        ":",
        "arn",
        arn.partition(),
        arn.service(),
        orAll(arn.region(), noRegion),
        orAll(arn.account(), noAccount),
        "*");
  }

  private static String orAll(String part, boolean none) {
    return part.isEmpty() || part.equals("*") ? (none ? "" : "*") : part;
  }
}
